import { createServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { connect, ioc, json, SECRET_KEY, startServer } from '../testing/local-server.ts';
import { rejection } from '../testing/rejection.ts';

const indicator = { value: 'evil.example', indicator_type: 'Domain' };

/** A bare TCP server, to misbehave below HTTP. */
async function startRaw(onData: (socket: Socket, text: string) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => onData(socket, chunk.toString()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

it('times out when no answer begins, and leaves a doubt', async () => {
  const server = await startServer(() => {});
  const error = await rejection(connect(server.origin, { timeoutMs: 80 }).create(indicator));
  expect(error).toMatchObject({ kind: 'timeout', operation: 'create', uncertain: true });
  expect(error.message).toContain('80 ms while waiting for the answer');
  expect(server.seen).toHaveLength(1);
});

it('times out when an answer does not end, and leaves a doubt', async () => {
  const server = await startServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":');
  });
  const error = await rejection(connect(server.origin, { timeoutMs: 100 }).create(indicator));
  expect(error).toMatchObject({ kind: 'timeout', uncertain: true });
  expect(error.message).toContain('while reading');
});

it('times out when an answer trickles, however lively it is', async () => {
  const server = await startServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  });
  const error = await rejection(connect(server.origin, { timeoutMs: 100 }).create(indicator));
  expect(error).toMatchObject({ kind: 'timeout', uncertain: true });
});

it('knows that a request which waited for a free connection was never sent', async () => {
  const server = await startServer(() => {});
  const client = connect(server.origin, { connections: 1, timeoutMs: 150 });
  // Given up before the first: what times out with it may get the connection that it frees.
  const [first, second] = await Promise.all([
    rejection(client.create(indicator)),
    rejection(client.create(indicator, AbortSignal.timeout(20))),
  ]);
  expect(first).toMatchObject({ kind: 'timeout', uncertain: true });
  expect(second).toMatchObject({ kind: 'aborted', uncertain: false });
  // And it does not go out after all when the connection becomes free.
  const third = rejection(client.create({ ...indicator, value: 'third' }));
  await third;
  expect(server.seen.map(({ body }) => body)).toMatchObject([
    { indicator },
    { indicator: { value: 'third' } },
  ]);
});

it('goes on after a time-out', async () => {
  const server = await startServer((_request, response, count) => {
    if (count > 1) json(response, 200, ioc());
  });
  const client = connect(server.origin, { connections: 1, timeoutMs: 1000 });
  const slow = AbortSignal.timeout(50);
  await rejection(client.create(indicator, slow));
  expect(await client.create(indicator)).toMatchObject({ id: '114' });
});

it('gives up on the signal of the caller, with a doubt once it was sent', async () => {
  const controller = new AbortController();
  const server = await startServer(() => controller.abort());
  const client = connect(server.origin);
  expect(await rejection(client.create(indicator, controller.signal))).toMatchObject({
    kind: 'aborted',
    uncertain: true,
  });
  expect(await rejection(client.create(indicator, controller.signal))).toMatchObject({
    kind: 'aborted',
    uncertain: false,
  });
  expect(server.seen).toHaveLength(1);
});

it('does not gather listeners on a signal that lives long', async () => {
  const { signal } = new AbortController();
  const added: string[] = [];
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    added.push('added');
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    added.pop();
    remove(...args);
  };
  const server = await startServer((_request, response) => json(response, 200, ioc()));
  const client = connect(server.origin);
  for (let count = 0; count < 5; count += 1) await client.create(indicator, signal);
  expect(added).toEqual([]);
});

it('leaves a doubt when the connection is reset after the request', async () => {
  const port = await startRaw((socket) => socket.resetAndDestroy());
  const error = await rejection(connect(`http://127.0.0.1:${port}`).create(indicator));
  expect(error).toMatchObject({ kind: 'network', uncertain: true });
});

it('leaves a doubt when an answer is cut', async () => {
  const port = await startRaw((socket) => {
    socket.end(
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"id"',
    );
  });
  const error = await rejection(connect(`http://127.0.0.1:${port}`).create(indicator));
  expect(error).toMatchObject({ kind: 'network', uncertain: true });
  expect(error.message).toContain('while reading');
});

it('takes what is no HTTP for a network error', async () => {
  const port = await startRaw((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
  const error = await rejection(connect(`http://127.0.0.1:${port}`).create(indicator));
  expect(error).toMatchObject({ kind: 'network' });
});

it('waits for the answer behind a 100 Continue', async () => {
  const port = await startRaw((socket) => {
    socket.write('HTTP/1.1 103 Early Hints\r\n\r\n');
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull');
  });
  expect(await connect(`http://127.0.0.1:${port}`).create(indicator)).toBeNull();
});

it('has no doubt where nothing listens', async () => {
  const server = await startServer(() => {});
  await new Promise((resolve) => server.server.close(resolve));
  const error = await rejection(connect(server.origin).create(indicator));
  expect(error).toMatchObject({ kind: 'network', uncertain: false });
  expect(error.message).toContain('ECONNREFUSED');
  expect(error.message).toContain('XSOAR_URL');
});

it('has no doubt where the name does not resolve, and says so', async () => {
  const error = await rejection(connect('http://xsoar.invalid').create(indicator));
  expect(error).toMatchObject({ kind: 'network', uncertain: false });
  expect(error.message).toContain('xsoar.invalid');
});

it('has no doubt where a server speaks no TLS', async () => {
  const server = await startServer(() => {});
  const error = await rejection(connect(`https://127.0.0.1:${server.port}`).create(indicator));
  expect(error).toMatchObject({ kind: 'network', uncertain: false });
  expect(error.message).toContain('speaks no TLS');
});

it('shows no key in any of these', async () => {
  const port = await startRaw((socket) => socket.resetAndDestroy());
  const error = await rejection(connect(`http://127.0.0.1:${port}`).create(indicator));
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain(SECRET_KEY);
  expect(JSON.stringify(error)).not.toContain(SECRET_KEY);
});

it('lets requests in flight end when it closes', async () => {
  const server = await startServer((_request, response) => {
    setTimeout(() => json(response, 200, ioc()), 30);
  });
  const client = connect(server.origin);
  const created = client.create(indicator);
  await expect.poll(() => server.seen.length).toBe(1);
  await client.close();
  expect(await created).toMatchObject({ id: '114' });
});
