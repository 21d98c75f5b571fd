import type { IncomingMessage } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { follow } from '../testing/follow.ts';
import { sse, startServer } from '../testing/http-server.ts';
import { entity, serve, soon, stream } from '../testing/stream-server.ts';

function headersOf(request: IncomingMessage | undefined) {
  return request?.headers ?? {};
}

test('the request says where to start, what to send and who asks', async () => {
  const server = await serve((_request, response) => stream(response));
  const { changes } = follow(`${server.url}/base//`, {
    listenDelete: false,
    withInferences: true,
    headers: { 'X-Proxy': 'yes', AUTHORIZATION: 'mine', 'Last-Event-ID': '1-1' },
    position: async () => ({ from: '100-5', recover: '2026-08-20T09:00:00+00:00' }),
  });
  await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('live'), soon);
  const [request] = server.requests;
  expect(request?.url).toBe('/base/stream/abc?recover=2026-08-20T09%3A00%3A00%2B00%3A00');
  expect(headersOf(request)).toMatchObject({
    authorization: 'Bearer the-secret-token',
    'last-event-id': '100-5',
    'listen-delete': 'false',
    'no-dependencies': 'true',
    'with-inferences': 'true',
    accept: 'text/event-stream',
    'x-proxy': 'yes',
  });
  expect(headersOf(request)['accept-encoding']).toBeUndefined();
});

test('without a position no Last-Event-ID is sent', async () => {
  const server = await serve((_request, response) => stream(response));
  const { changes } = follow(server.url, { position: async () => ({ from: '' }) });
  await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('live'), soon);
  expect(headersOf(server.requests[0])['last-event-id']).toBeUndefined();
});

test('the position is asked anew before every connection, whatever was read in between', async () => {
  const server = await serve((_request, response, n) => {
    stream(response, entity(`${n}-0`));
    if (n < 3) response.end();
  });
  let asked = 0;
  const { entityIds } = follow(server.url, {
    position: async () => {
      asked += 1;
      return { from: `${asked * 1000}-0` };
    },
  });
  await vi.waitFor(() => expect(entityIds()).toEqual(['0-0', '1-0', '2-0', '3-0']), soon);
  const sent = server.requests.map((request) => headersOf(request)['last-event-id']);
  expect(sent).toEqual(['1000-0', '2000-0', '3000-0', '4000-0']);
});

test('a position that cannot be told is a state, and asked for again', async () => {
  const server = await serve((_request, response) => stream(response));
  let asked = 0;
  const { changes } = follow(server.url, {
    position: async () => {
      asked += 1;
      if (asked < 3) throw new Error('Redis is gone');
      return { from: '1-0' };
    },
  });
  await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('live'), soon);
  expect(changes[1]).toMatchObject({ state: 'waiting' });
  expect(changes[1]?.reason).toContain('Redis is gone');
  expect(server.requests).toHaveLength(1);
});

test('catching up without a start is refused here, since the platform would fall silent', async () => {
  const { changes } = follow('http://127.0.0.1:9', {
    position: async () => ({ from: '', recover: '2026-08-20T09:00:00Z' }),
  });
  await vi.waitFor(() => expect(changes[1]?.reason).toContain('start position'), soon);
});

test.each([
  [401, 'unauthorized'],
  [403, 'unauthorized'],
  [404, 'waiting'],
  [410, 'stopped'],
  [429, 'waiting'],
  [500, 'waiting'],
  [503, 'waiting'],
  [204, 'waiting'],
])('%i is the state %s until the platform streams again', async (status, state) => {
  const server = await serve((_request, response, n) => {
    if (n < 3) response.writeHead(status, 'Said the-secret-token').end();
    else stream(response, entity('1-0'));
  });
  const { changes, entityIds, stream: live } = follow(server.url);
  await vi.waitFor(() => expect(entityIds()).toEqual(['1-0']), soon);
  expect(live.state).toBe('live');
  expect(changes.map((c) => c.state)).toEqual(['connecting', state, state, state, 'live']);
  expect(changes[1]).toMatchObject({ status, retryInMs: expect.any(Number) });
  expect(new Set(changes.slice(1, 4).map((c) => c.since)).size).toBe(1);
  expect(JSON.stringify(changes)).not.toContain('the-secret-token');
});

test('Retry-After is waited for', async () => {
  const server = await serve((_request, response, n) => {
    if (n === 0) response.writeHead(429, { 'Retry-After': '1' }).end();
    else stream(response);
  });
  const began = performance.now();
  const { changes } = follow(server.url);
  await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('live'), soon);
  expect(changes[1]?.retryInMs).toBe(1000);
  expect(performance.now() - began).toBeGreaterThanOrEqual(990);
});

test('waits grow with each failure, are random, and begin anew after a connection that was read', async () => {
  const server = await serve((_request, response, n) => {
    if (n === 3) stream(response, entity('1-0'));
    else response.writeHead(500);
    response.end();
  });
  const { changes } = follow(server.url, { backoff: { minMs: 8, maxMs: 20 }, random: () => 0.5 });
  await vi.waitFor(() => expect(changes.length).toBeGreaterThan(7), soon);
  expect(changes.flatMap((c) => (c.retryInMs === undefined ? [] : [c.retryInMs]))).toEqual([
    ...[4, 8, 10, 4, 8, 10].slice(0, changes.filter((c) => c.retryInMs !== undefined).length),
  ]);
});

test('a platform that is not there is waited for', async () => {
  const placeholder = await startServer(() => {});
  const port = Number(new URL(placeholder.url).port);
  await placeholder.close();
  const { changes, entityIds } = follow(placeholder.url);
  await vi.waitFor(() => expect(changes.length).toBeGreaterThan(2), soon);
  expect(changes[1]).toMatchObject({ state: 'waiting' });
  expect(changes[1]?.reason).toContain('ECONNREFUSED');
  const server = await startServer((_request, response) => stream(response, entity('1-0')), port);
  onTestFinished(() => server.close());
  await vi.waitFor(() => expect(entityIds()).toEqual(['1-0']), soon);
});

test('a connection that breaks in the middle of an event hands out no half of it', async () => {
  const server = await serve((_request, response, n) => {
    if (n === 0) {
      stream(response, entity('1-0'), entity('2-0').slice(0, -30));
      setImmediate(() => response.socket?.resetAndDestroy());
    } else stream(response, entity('2-0'));
  });
  const { entityIds, messages, changes } = follow(server.url);
  await vi.waitFor(() => expect(entityIds().at(-1)).toBe('2-0'), soon);
  expect(messages.every((m) => m.kind === 'entity')).toBe(true);
  expect(changes.map((c) => c.state)).toEqual(['connecting', 'live', 'waiting', 'live']);
});

test('a clean end of the stream is a reason to come back soon', async () => {
  const server = await serve((_request, response, n) => {
    stream(response, entity(`${n}-0`), 'id: 9-0\nevent: create\ndata: {"half":');
    if (n === 0) response.end();
  });
  const { entityIds, changes } = follow(server.url);
  await vi.waitFor(() => expect(entityIds()).toEqual(['0-0', '1-0']), soon);
  expect(changes[2]).toMatchObject({ state: 'waiting', reason: expect.stringContaining('ended') });
});

test('what is no event stream is not read as one', async () => {
  const server = await serve((_request, response, n) => {
    if (n === 0) response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>login');
    else if (n === 1) response.writeHead(200).end(entity('1-0'));
    else stream(response);
  });
  const { changes, messages } = follow(server.url);
  await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('live'), soon);
  expect(changes[1]?.reason).toContain('text/html');
  expect(changes[2]?.reason).toContain('without a content type');
  expect(messages).toEqual([]);
});

test('a redirect is not followed, so that the token goes nowhere else', async () => {
  const elsewhere = await serve((_request, response) => stream(response));
  const server = await serve((_request, response) => {
    response.writeHead(302, { Location: `${elsewhere.url}/login?x=1` }).end();
  });
  const { changes } = follow(server.url);
  await vi.waitFor(() => expect(changes.length).toBeGreaterThan(3), soon);
  expect(changes[1]).toMatchObject({ state: 'waiting', status: 302 });
  expect(changes[1]?.reason).toContain(elsewhere.url);
  expect(elsewhere.requests).toHaveLength(0);
});

test('after an error event the connection is left, though its heartbeats go on', async () => {
  const server = await serve((_request, response, n) => {
    if (n > 0) return stream(response, entity('1-0'));
    stream(response, sse('connected', null, {}), sse('heartbeat', '0-0', '"1970"'));
    response.write(sse('error', null, { stream: 'abc', message: 'database the-secret-token' }));
    response.write(entity('7-0'));
    const timer = setInterval(() => response.write(sse('heartbeat', '0-0', '"1970"')), 5);
    response.on('close', () => clearInterval(timer));
  });
  const { changes, entityIds } = follow(server.url);
  await vi.waitFor(() => expect(entityIds()).toEqual(['1-0']), soon);
  expect(changes[2]).toMatchObject({ state: 'waiting' });
  expect(changes[2]?.reason).toContain('database ***');
});

test('error events in a row are answered by growing waits, whatever came before them', async () => {
  const server = await serve((_request, response) =>
    stream(response, entity('1-0'), sse('error', null, { message: 'm' })),
  );
  const { changes } = follow(server.url, { backoff: { minMs: 4, maxMs: 16 }, random: () => 0.5 });
  await vi.waitFor(() => expect(changes.length).toBeGreaterThan(8), soon);
  const waits = changes.flatMap((c) => (c.retryInMs === undefined ? [] : [c.retryInMs]));
  expect(waits.slice(0, 4)).toEqual([2, 4, 8, 8]);
});
