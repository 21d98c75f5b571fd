import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRecord, readBody } from './body.ts';
import { deliver } from './deliver.ts';
import { parseFaultRule } from './fault-rule.ts';
import type { FaultBook } from './faults.ts';
import { jsonReply } from './reply.ts';

/** One call of the control API. */
export interface ControlCall {
  url: URL;
  request: IncomingMessage;
  response: ServerResponse;
  /** The JSON body as an object; an empty body counts as `{}`. Throws `ControlError` otherwise. */
  body(): Promise<Record<string, unknown>>;
}

/** A call that cannot be carried out; answered with 400 and the message. */
export class ControlError extends Error {}

/** A route's result is answered as JSON; `undefined`: it has answered by itself. */
export type ControlRoute = (call: ControlCall) => unknown;

/** Routes by `METHOD /path`. */
export type ControlRoutes = ReadonlyMap<string, ControlRoute>;

async function jsonBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = await readBody(request);
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ControlError(`the body is no JSON: ${String(error)}`);
  }
  if (!isRecord(value)) throw new ControlError('the body is no JSON object');
  return value;
}

/** Finds the route and answers; 404 lists the routes there are. */
export async function answerControl(
  routes: ControlRoutes,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const route = routes.get(`${request.method} ${url.pathname}`);
  if (!route) {
    await deliver(response, jsonReply(404, { routes: [...routes.keys()] }), null);
    return;
  }
  try {
    const result = await route({ url, request, response, body: () => jsonBody(request) });
    if (result !== undefined) await deliver(response, jsonReply(200, result), null);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    await deliver(response, jsonReply(400, { error: error.message }), null);
  }
}

/** Writes values as NDJSON, at the pace of the reader. */
export async function sendNdjson(
  response: ServerResponse,
  values: Iterable<unknown>,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  let gathered = '';
  const flush = async (): Promise<void> => {
    const room = response.write(gathered);
    gathered = '';
    if (room || response.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        response.off('drain', done);
        response.off('close', done);
        resolve();
      };
      response.once('drain', done);
      response.once('close', done);
    });
  };
  for (const value of values) {
    gathered += `${JSON.stringify(value)}\n`;
    if (gathered.length > 64 * 1024) await flush();
    if (response.destroyed) return;
  }
  response.end(gathered);
}

/** The three routes by which tests in other processes steer faults. */
export function faultRoutes(faults: FaultBook): [string, ControlRoute][] {
  return [
    ['GET /sim/faults', () => ({ rules: faults.list(), struck: faults.struck })],
    [
      'POST /sim/faults',
      async ({ body }) => {
        const rule = parseFaultRule(await body());
        if (typeof rule === 'string') throw new ControlError(rule);
        return { id: faults.add(rule) };
      },
    ],
    [
      'DELETE /sim/faults',
      ({ url }) => {
        const id = url.searchParams.get('id');
        if (id === null) faults.clear();
        else if (!faults.remove(Number(id))) throw new ControlError(`no rule ${id}`);
        return { rules: faults.list() };
      },
    ],
  ];
}
