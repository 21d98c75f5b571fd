import type { IncomingMessage, ServerResponse } from 'node:http';
import { generateFeed } from '../generate/feed.ts';
import { parseGeneratorOptions } from '../generate/options.ts';
import { readBody } from '../http/body.ts';
import {
  answerControl,
  ControlError,
  type ControlRoute,
  faultRoutes,
  sendNdjson,
} from '../http/control.ts';
import { type BadLine, readNdjson } from '../http/lines.ts';
import { createBundleReader } from '../read/objects.ts';
import type { FakeOpencti } from './fake.ts';
import type { StreamFilter } from './filter.ts';
import { parseOperation } from './operation.ts';
import type { SettingsChange } from './settings.ts';

/** Bad lines that an answer lists; the others are only counted. */
const badShown = 100;

type Appended = { appended: number; lastId: string | null; badCount: number; bad: BadLine[] };

function collect(): { bad: BadLine[]; note(line: BadLine): void; readonly count: number } {
  const bad: BadLine[] = [];
  let count = 0;
  return {
    bad,
    note(line) {
      count += 1;
      if (bad.length < badShown) bad.push(line);
    },
    get count() {
      return count;
    },
  };
}

function routesOf(fake: FakeOpencti): Map<string, ControlRoute> {
  const events: ControlRoute = async ({ request }): Promise<Appended> => {
    const problems = collect();
    let appended = 0;
    let lastId: string | null = null;
    for await (const { line, value } of readNdjson(request, problems.note)) {
      const operation = parseOperation(value);
      if (typeof operation === 'string') {
        problems.note({ line, reason: operation });
        continue;
      }
      const id = fake.append(operation);
      if (id === null && operation.kind !== 'reference') {
        problems.note({ line, reason: 'no such object' });
        continue;
      }
      lastId = id ?? lastId;
      appended += 1;
    }
    return { appended, lastId, badCount: problems.count, bad: problems.bad };
  };

  const objects: ControlRoute = async ({ request }): Promise<Appended> => {
    const problems = collect();
    const reader = createBundleReader({ now: fake.now });
    let appended = 0;
    let lastId: string | null = null;
    for await (const { line, value } of readNdjson(request, problems.note)) {
      for (const result of reader.take(value, line)) {
        if ('reason' in result) {
          problems.note(result);
          continue;
        }
        lastId = fake.append(result) ?? lastId;
        appended += 1;
      }
    }
    return { appended, lastId, badCount: problems.count, bad: problems.bad };
  };

  const number = (value: unknown): number | undefined =>
    typeof value === 'number' ? value : undefined;

  return new Map<string, ControlRoute>([
    ['POST /sim/events', events],
    ['POST /sim/objects', objects],
    ['POST /sim/raw', async ({ request }) => ({ id: fake.appendRaw(await readBody(request)) })],
    [
      'POST /sim/play',
      async ({ body }) => {
        const { generator, ratePerSecond } = await body();
        const options = parseGeneratorOptions(generator ?? {});
        if (typeof options === 'string') throw new ControlError(options);
        const rate = number(ratePerSecond);
        fake.play(
          generateFeed({ ...options, now: fake.now }),
          rate === undefined ? {} : { ratePerSecond: rate },
        );
        return { playing: true };
      },
    ],
    [
      'POST /sim/stop',
      async ({ body }) => {
        const forMs = number((await body()).forMs);
        fake.stop(forMs === undefined ? {} : { forMs });
        return fake.stats();
      },
    ],
    [
      'POST /sim/start',
      () => {
        fake.start();
        return fake.stats();
      },
    ],
    [
      'POST /sim/settings',
      async ({ body }) => {
        fake.settings((await body()) as SettingsChange);
        return fake.stats();
      },
    ],
    [
      'POST /sim/filter',
      async ({ body }) => {
        fake.setFilter((await body()) as StreamFilter);
        return {};
      },
    ],
    [
      'POST /sim/cut',
      async ({ body }) => {
        fake.cut((await body()).how === 'reset' ? 'reset' : 'clean');
        return {};
      },
    ],
    [
      'POST /sim/break',
      async ({ body }) => {
        const { message } = await body();
        fake.breakConnections(typeof message === 'string' ? message : undefined);
        return {};
      },
    ],
    [
      'POST /sim/resend',
      async ({ body }) => {
        fake.resend(number((await body()).count) ?? 100);
        return {};
      },
    ],
    [
      'POST /sim/wipe',
      async ({ body }) => {
        fake.wipe({ empty: (await body()).empty === true });
        return {};
      },
    ],
    ['GET /sim/connectors', () => fake.connectors.list()],
    [
      'POST /sim/connectors/reset',
      async ({ body }) => {
        const { id } = await body();
        if (typeof id !== 'string' || !fake.connectors.reset(id))
          throw new ControlError('id: no such connector');
        return {};
      },
    ],
    [
      'POST /sim/connectors/state',
      async ({ body }) => {
        const { id, state } = await body();
        if (typeof id !== 'string') throw new ControlError('id: needs a text');
        fake.connectors.setState(id, typeof state === 'string' ? state : null);
        return {};
      },
    ],
    [
      'GET /sim/deployments',
      () => ({ platforms: fake.deployments.platforms(), deployments: fake.deployments.list() }),
    ],
    ['GET /sim/stats', () => fake.stats()],
    ['GET /sim/state', ({ response }) => sendNdjson(response, fake.state())],
    ['GET /sim/expectations', ({ response }) => sendNdjson(response, fake.expectations())],
    ...faultRoutes(fake.faults),
  ]);
}

/** Answers a request under `/sim/`. */
export function serveControl(
  fake: FakeOpencti,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  return answerControl(routesOf(fake), url, request, response);
}
