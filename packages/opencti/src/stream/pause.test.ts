import type { ServerResponse } from 'node:http';
import { expect, test, vi } from 'vitest';
import { follow } from '../testing/follow.ts';
import { sse, startStream } from '../testing/http-server.ts';
import { entity, serve, soon, stream } from '../testing/stream-server.ts';
import type { StreamStateChange } from './options.ts';

const silent = (ms: number) => `nothing came for ${ms / 1000} s`;

/**
 * How often a connection that was live was left for silence. One that is left before it is live
 * does not count: under load the first request alone can take longer than these short limits.
 */
function leftForSilence(changes: StreamStateChange[], ms: number): number {
  return changes.filter((c, i) => c.reason === silent(ms) && changes[i - 1]?.state === 'live')
    .length;
}

test('a silent stream is left and read again', async () => {
  const server = await serve((_request, response, n) => stream(response, entity(`${n}-0`)));
  const { entityIds, changes } = follow(server.url, { silenceMs: 60 });
  await vi.waitFor(() => expect(leftForSilence(changes, 60)).toBeGreaterThan(1), soon);
  await vi.waitFor(() => expect(entityIds().length).toBeGreaterThan(1), soon);
});

test('a process that stood still looks at what came meanwhile before it calls the stream silent', async () => {
  let answer: ServerResponse | undefined;
  const server = await serve((_request, response) => {
    answer = response;
    stream(response, entity('1-0'));
  });
  const { entityIds } = follow(server.url, { silenceMs: 300 });
  await vi.waitFor(() => expect(entityIds()).toEqual(['1-0']), soon);
  answer?.write(entity('2-0'));
  // Nothing runs for twice as long, as on a machine that is too busy; the event lies in the socket.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
  await vi.waitFor(() => expect(entityIds()).toEqual(['1-0', '2-0']), soon);
  expect(server.requests).toHaveLength(1);
});

test('a server that takes the request and never answers is left as well', async () => {
  const server = await serve((_request, response, n) => {
    if (n > 0) stream(response);
  });
  const { changes } = follow(server.url, { silenceMs: 60 });
  await vi.waitFor(() => expect(changes.map((c) => c.state)).toContain('live'), soon);
  expect(changes[1]).toMatchObject({ state: 'waiting', reason: silent(60) });
});

test('a proxy that keeps the line warm with comments does not pass for the platform', async () => {
  const server = await serve((_request, response) => {
    stream(response);
    const timer = setInterval(() => response.write(': ping\n\n'), 5);
    response.on('close', () => clearInterval(timer));
  });
  const { changes } = follow(server.url, { silenceMs: 60 });
  await vi.waitFor(() => expect(leftForSilence(changes, 60)).toBeGreaterThan(0), soon);
});

test('a long event that trickles in is no silence', async () => {
  const text = entity('1-0');
  const server = await serve((_request, response) => {
    startStream(response);
    let at = 0;
    const timer = setInterval(() => {
      response.write(text.slice(at, at + 8));
      at += 8;
      if (at >= text.length) clearInterval(timer);
    }, 15);
    response.on('close', () => clearInterval(timer));
  });
  const { entityIds } = follow(server.url, { silenceMs: 500 });
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
    silenceMs: 500,
    onMessage: () => {
      read += 1;
    },
    room: () => (read < 500 || open ? undefined : new Promise((resolve) => (gate = resolve))),
  });
  let gate: (() => void) | undefined;
  await vi.waitFor(() => expect(gate).toBeDefined(), soon);
  // Blocked for good: longer than the watch for silence and far longer than any drain takes.
  await vi.waitFor(() => expect(performance.now() - blocked).toBeGreaterThan(1200), soon);
  expect(read).toBeGreaterThanOrEqual(500);
  expect(read).toBeLessThan(500 + 131_072 / event.length + 1);
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
  const { changes } = follow(server.url, {
    silenceMs: 50,
    room: () => {
      if (!first) return undefined;
      first = false;
      return new Promise((resolve) => setTimeout(resolve, 80));
    },
  });
  await vi.waitFor(() => expect(leftForSilence(changes, 50)).toBeGreaterThan(0), soon);
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
