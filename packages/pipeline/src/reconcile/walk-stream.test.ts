import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readStreamHead } from './stream-head.ts';
import { type StreamAccess, type StreamPage, walkStream } from './walk-stream.ts';

const CONNECTED = `event: connected\ndata: {"firstEventId":"1-0","lastEventId":"9000-3"}\n\n`;
const FAILED = `event: error\ndata: {"stream":"s","message":"the database is away"}\n\n`;
const idOf = (n: number): string =>
  `indicator--00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const extensionsOf = (n: number) => ({
  'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba': { id: `entity-${n}` },
});
const object = (n: number): string =>
  `id: ${n}-0\nevent: create\ndata: ${JSON.stringify({
    data: { id: idOf(n), type: 'indicator', spec_version: '2.1', extensions: extensionsOf(n) },
    message: 'creates an Indicator',
    origin: { referer: 'init-create' },
    version: '4',
  })}\n\n`;

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A stream that answers its nth connection with these frames, and stays open. */
async function stream(frames: (attempt: number) => string): Promise<StreamAccess> {
  let attempt = 0;
  server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(frames(attempt));
    attempt += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${port}`, token: 'token', streamId: 's', sslVerify: true },
    ...{ noDependencies: true, withInferences: false, backoff: { minMs: 1, maxMs: 2 } },
  };
}

async function walked(access: StreamAccess): Promise<string[]> {
  const pages: StreamPage[] = [];
  const { signal } = new AbortController();
  for await (const page of walkStream(access, '0-0', 9_000, 1, signal)) pages.push(page);
  return pages.flatMap(({ objects }) => objects.map(({ id }) => id));
}

describe('the listing of a stream', () => {
  it('is given up where it breaks off at the same place again and again', async () => {
    const access = await stream(() => CONNECTED + object(1) + FAILED);
    await expect(walked(access)).rejects.toThrow(/broke off 5 times: .*the database is away/);
  });

  it('goes on for as long as each attempt comes further', async () => {
    const access = await stream(
      (n) =>
        CONNECTED +
        object(n) +
        object(n + 1) +
        (n < 8 ? FAILED : 'id: 9001-0\nevent: heartbeat\ndata: ""\n\n'),
    );
    const ids = new Set(await walked(access));
    expect([...ids]).toEqual(Array.from({ length: 10 }, (_, n) => idOf(n)));
  });
});

describe('the head of a stream', () => {
  it('is the newest event of which the platform tells', async () => {
    const access = await stream(() => CONNECTED);
    const head = await readStreamHead(access, new AbortController().signal);
    expect(head?.text).toBe('9000-3');
  });

  it('is not known of a stream in which nothing was written', async () => {
    const access = await stream(() => CONNECTED.replace('9000-3', '0-0'));
    expect(await readStreamHead(access, new AbortController().signal)).toBeNull();
  });
});
