import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  answerControl,
  ControlError,
  type ControlRoute,
  faultRoutes,
  sendNdjson,
} from '../http/control.ts';
import { parseBehaviour } from './behaviour.ts';
import type { AnalystEdit, FakeXsoar } from './fake.ts';
import { parseLatency } from './latency.ts';

function routesOf(fake: FakeXsoar): Map<string, ControlRoute> {
  const tenant = (url: URL): string => url.searchParams.get('tenant') ?? '';
  const valueOfBody = async (body: () => Promise<Record<string, unknown>>): Promise<string> => {
    const { value } = await body();
    if (typeof value !== 'string') throw new ControlError('value: needs a text');
    return value;
  };
  return new Map<string, ControlRoute>([
    ['GET /sim/stats', () => fake.stats()],
    ['GET /sim/dump', ({ url, response }) => sendNdjson(response, fake.dump(tenant(url)))],
    ['GET /sim/objects', ({ url, response }) => sendNdjson(response, fake.objects(tenant(url)))],
    [
      'GET /sim/journal',
      ({ url, response }) => {
        const value = url.searchParams.get('value');
        const operation = url.searchParams.get('operation');
        const filter = {
          ...(value === null ? {} : { value }),
          ...(operation === null ? {} : { operation }),
        };
        return sendNdjson(response, fake.journal(filter));
      },
    ],
    [
      'POST /sim/reset',
      () => {
        fake.reset();
        return {};
      },
    ],
    [
      'POST /sim/edit',
      async ({ url, body }) => {
        const edit = (await body()) as AnalystEdit;
        const ioc = fake.analystEdit(edit, tenant(url));
        if (!ioc) throw new ControlError('no such indicator');
        return ioc;
      },
    ],
    [
      'POST /sim/behaviour',
      async ({ body }) => {
        const change = parseBehaviour(await body());
        if (typeof change === 'string') throw new ControlError(change);
        fake.behaviour(change);
        return {};
      },
    ],
    [
      'POST /sim/latency',
      async ({ body }) => {
        const latency = parseLatency(await body());
        if (typeof latency === 'string') throw new ControlError(latency);
        fake.latency(latency);
        return {};
      },
    ],
    [
      'POST /sim/exclude',
      async ({ body }) => {
        fake.exclude(await valueOfBody(body));
        return {};
      },
    ],
    [
      'POST /sim/include',
      async ({ body }) => {
        fake.include(await valueOfBody(body));
        return {};
      },
    ],
    ...faultRoutes(fake.faults),
  ]);
}

/** Answers a request under `/sim/`. */
export function serveControl(
  fake: FakeXsoar,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  return answerControl(routesOf(fake), url, request, response);
}
