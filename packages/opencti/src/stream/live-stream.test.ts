import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { follow } from '../testing/follow.ts';
import {
  change,
  type Handler,
  indicator,
  sse,
  startServer,
  startStream,
} from '../testing/http-server.ts';

const soon = { timeout: 5000, interval: 2 };

async function serve(handler: Handler) {
  const server = await startServer(handler);
  onTestFinished(() => server.close());
  return server;
}

/** Answers with the first events and stays open. */
function stream(response: ServerResponse, ...events: string[]): void {
  startStream(response);
  response.write(events.join(''));
}

function entity(id: string, entityId = `e${id}`): string {
  return sse('create', id, change('create', indicator(entityId)));
}

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

test('a silent stream is left and read again', async () => {
  const server = await serve((_request, response, n) => stream(response, entity(`${n}-0`)));
  const { entityIds, changes } = follow(server.url, { silenceMs: 60 });
  await vi.waitFor(() => expect(entityIds()).toEqual(['0-0', '1-0', '2-0']), soon);
  expect(changes[2]?.reason).toContain('nothing came for 0.06 s');
});

test('a server that takes the request and never answers is left as well', async () => {
  const server = await serve((_request, response, n) => {
    if (n > 0) stream(response);
  });
  const { changes } = follow(server.url, { silenceMs: 60 });
  await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('live'), soon);
  expect(server.requests).toHaveLength(2);
});

test('a proxy that keeps the line warm with comments does not pass for the platform', async () => {
  const server = await serve((_request, response) => {
    stream(response);
    const timer = setInterval(() => response.write(': ping\n\n'), 5);
    response.on('close', () => clearInterval(timer));
  });
  follow(server.url, { silenceMs: 60 });
  await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(1), soon);
});

test('a long event that trickles in is no silence', async () => {
  const text = entity('1-0');
  const server = await serve((_request, response) => {
    startStream(response);
    let at = 0;
    const timer = setInterval(() => {
      response.write(text.slice(at, at + 20));
      at += 20;
      if (at >= text.length) clearInterval(timer);
    }, 15);
    response.on('close', () => clearInterval(timer));
  });
  const { entityIds } = follow(server.url, { silenceMs: 150 });
  await vi.waitFor(() => expect(entityIds()).toEqual(['1-0']), soon);
  expect(server.requests).toHaveLength(1);
});

test('heartbeats that repeat one id for too long are a stuck stream', async () => {
  let now = 1_000_000;
  const server = await serve((_request, response, n) => {
    stream(response);
    let beats = 0;
    const timer = setInterval(() => {
      beats += 1;
      response.write(sse('heartbeat', n === 0 ? '5-0' : `${beats}-0`, '""'));
    }, 5);
    response.on('close', () => clearInterval(timer));
  });
  const { changes, messages } = follow(server.url, {
    frozenMs: 50_000,
    now: () => now,
    onMessage: (message) => {
      messages.push(message);
      now += 10_000;
    },
  });
  await vi.waitFor(() => expect(messages.length).toBeGreaterThan(25), soon);
  expect(changes.map((c) => c.state)).toEqual(['connecting', 'live', 'waiting', 'live']);
  expect(changes[2]?.reason).toContain('heartbeats stay at 5-0');
});

test('heartbeats that repeat an id across a time without room are not a stuck stream', async () => {
  let now = 1_000_000;
  let answer: ServerResponse | undefined;
  const beat = sse('heartbeat', '5-0', '""');
  const server = await serve((_request, response) => {
    answer = response;
    stream(response, beat);
  });
  let paused = false;
  const { messages, stream: live } = follow(server.url, {
    frozenMs: 50_000,
    now: () => now,
    room: () => {
      if (messages.length !== 1 || paused) return undefined;
      paused = true;
      return new Promise((resolve) => {
        now += 60_000;
        answer?.write(beat, () => resolve());
      });
    },
  });
  await vi.waitFor(() => expect(messages).toHaveLength(2), soon);
  answer?.write(beat);
  await vi.waitFor(() => expect(messages).toHaveLength(3), soon);
  expect(live.state).toBe('live');
  expect(server.requests).toHaveLength(1);
});

test('while there is no room the socket is not read and silence does not count', async () => {
  const event = entity('1-0', `e${'x'.repeat(2000)}`);
  let written = 0;
  let blocked = 0;
  const server = await serve((_request, response) => {
    startStream(response);
    const write = () => {
      while (written < 20_000) {
        written += 1;
        if (!response.write(event)) {
          blocked = performance.now();
          response.once('drain', write);
          return;
        }
      }
    };
    write();
  });
  let open: (() => void) | undefined;
  let read = 0;
  const { changes } = follow(server.url, {
    silenceMs: 100,
    onMessage: () => {
      read += 1;
    },
    room: () => (read < 500 || open ? undefined : new Promise((resolve) => (gate = resolve))),
  });
  let gate: (() => void) | undefined;
  await vi.waitFor(() => expect(gate).toBeDefined(), soon);
  // Blocked for good: longer than the watch for silence and far longer than any drain takes.
  await vi.waitFor(() => expect(performance.now() - blocked).toBeGreaterThan(400), soon);
  expect(read).toBeGreaterThanOrEqual(500);
  expect(read).toBeLessThan(500 + 65_536 / event.length + 1);
  expect(written).toBeLessThan(20_000);
  expect(server.requests).toHaveLength(1);
  open = gate;
  gate?.();
  await vi.waitFor(() => expect(read).toBe(20_000), { ...soon, timeout: 15_000 });
  expect(changes.map((c) => c.state)).toContain('live');
});

test('silence counts again once there is room', async () => {
  const server = await serve((_request, response) => stream(response, entity('1-0')));
  let first = true;
  follow(server.url, {
    silenceMs: 50,
    room: () => {
      if (!first) return undefined;
      first = false;
      return new Promise((resolve) => setTimeout(resolve, 20));
    },
  });
  await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(1), soon);
});

test('a gate that fails is answered by reading again later', async () => {
  const server = await serve((_request, response) => stream(response, entity('1-0')));
  let asked = 0;
  const { changes, entityIds } = follow(server.url, {
    room: () => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error('Redis is gone')) : undefined;
    },
  });
  await vi.waitFor(() => expect(entityIds()).toEqual(['1-0']), soon);
  expect(changes[2]?.reason).toContain('Redis is gone');
});

test('a message that cannot be taken over is read again and nothing behind it is handed out', async () => {
  const server = await serve((_request, response) =>
    stream(response, entity('1-0'), entity('2-0'), entity('3-0')),
  );
  const taken: string[] = [];
  let broken = true;
  const { changes } = follow(server.url, {
    onMessage: (message) => {
      if (message.kind !== 'entity') return;
      if (message.id.text === '2-0' && broken) {
        broken = false;
        throw new Error('no slot for the-secret-token');
      }
      taken.push(message.id.text);
    },
  });
  await vi.waitFor(() => expect(taken).toEqual(['1-0', '1-0', '2-0', '3-0']), soon);
  expect(changes[2]).toMatchObject({ state: 'waiting' });
  expect(changes[2]?.reason).toContain('no slot for ***');
});

test('a state callback that throws stops nothing', async () => {
  const server = await serve((_request, response, n) => {
    if (n === 0) response.writeHead(500).end();
    else stream(response, entity('1-0'));
  });
  const { entityIds } = follow(server.url, {
    onState: () => {
      throw new Error('broken');
    },
  });
  await vi.waitFor(() => expect(entityIds()).toEqual(['1-0']), soon);
});

test('reconnect drops the connection, also out of a message, and asks for the position', async () => {
  const server = await serve((_request, response, n) =>
    stream(response, entity(`${n + 1}1-0`), entity(`${n + 1}2-0`)),
  );
  const ids: string[] = [];
  const followed = follow(server.url, {
    backoff: { minMs: 60_000, maxMs: 60_000 },
    onMessage: (message) => {
      if (message.kind !== 'entity') return;
      ids.push(message.id.text);
      if (ids.length === 1) followed.stream.reconnect('the cursor was moved');
    },
  });
  await vi.waitFor(() => expect(ids).toEqual(['11-0', '21-0', '22-0']), soon);
  expect(followed.changes.map((c) => [c.state, c.reason])).toEqual([
    ['connecting', 'starting'],
    ['live', 'reading from 100-0'],
    ['connecting', 'the cursor was moved'],
    ['live', 'reading from 100-0'],
  ]);
});

test('reconnect cuts a wait short', async () => {
  const server = await serve((_request, response, n) => {
    if (n === 0) response.writeHead(500).end();
    else stream(response);
  });
  const followed = follow(server.url, { backoff: { minMs: 60_000, maxMs: 60_000 } });
  await vi.waitFor(() => expect(followed.stream.state).toBe('waiting'), soon);
  followed.stream.reconnect('asked by an operator');
  await vi.waitFor(() => expect(followed.stream.state).toBe('live'), soon);
  expect(followed.changes.map((c) => c.state)).toContain('connecting');
});

test('reconnect out of the state callback is not lost', async () => {
  const server = await serve((_request, response, n) => {
    if (n === 0) response.writeHead(500).end();
    else stream(response);
  });
  const followed = follow(server.url, {
    backoff: { minMs: 60_000, maxMs: 60_000 },
    onState: (change) => {
      if (change.state === 'waiting') followed.stream.reconnect('at once');
    },
  });
  await vi.waitFor(() => expect(followed.stream.state).toBe('live'), soon);
});

test('a URL that is none is refused at once', () => {
  expect(() => follow('not a url')).toThrow(TypeError);
});

async function hangingServer() {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    sockets.add(socket);
    socket.resume();
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}`, sockets };
}

test('close ends a request that is under way', async () => {
  const server = await hangingServer();
  const { stream: live, changes } = follow(server.url);
  await vi.waitFor(() => expect(server.sockets.size).toBe(1), soon);
  await live.close();
  await vi.waitFor(() => expect(server.sockets.size).toBe(0), soon);
  expect(changes.map((c) => c.state)).toEqual(['connecting', 'closed']);
});

test('close ends a wait', async () => {
  const server = await serve((_request, response) => response.writeHead(500).end());
  const { stream: live, changes } = follow(server.url, {
    backoff: { minMs: 60_000, maxMs: 60_000 },
  });
  await vi.waitFor(() => expect(live.state).toBe('waiting'), soon);
  await live.close();
  expect(live.state).toBe('closed');
  expect(changes.map((c) => c.state)).toEqual(['connecting', 'waiting', 'closed']);
});

test('close ends a pause for room', async () => {
  const server = await serve((_request, response) => stream(response, entity('1-0')));
  let asked = false;
  const { stream: live, messages } = follow(server.url, {
    room: () => {
      asked = true;
      return new Promise(() => {});
    },
  });
  await vi.waitFor(() => expect(asked).toBe(true), soon);
  await live.close();
  await vi.waitFor(async () => expect(await server.sockets()).toBe(0), soon);
  expect(messages).toEqual([]);
});

test('close ends a question for the position that is never answered', async () => {
  const { stream: live, changes } = follow('http://127.0.0.1:9', {
    position: () => new Promise(() => {}),
  });
  await live.close();
  expect(changes.map((c) => c.state)).toEqual(['connecting', 'closed']);
});

test('close out of a message ends the handing out at once, and twice is like once', async () => {
  const server = await serve((_request, response) =>
    stream(response, entity('1-0'), entity('2-0')),
  );
  let closing: Promise<void> | undefined;
  const followed = follow(server.url, {
    onMessage: (message) => {
      followed.messages.push(message);
      closing = followed.stream.close();
    },
  });
  await vi.waitFor(() => expect(closing).toBeDefined(), soon);
  await Promise.all([closing, followed.stream.close()]);
  expect(followed.entityIds()).toEqual(['1-0']);
  expect(followed.changes.filter((c) => c.state === 'closed')).toHaveLength(1);
  followed.stream.reconnect('too late');
  expect(followed.stream.state).toBe('closed');
});
