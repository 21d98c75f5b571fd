import { createServer as createTcpServer, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { follow } from '../testing/follow.ts';
import { entity, serve, soon, stream } from '../testing/stream-server.ts';

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
