import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { follow } from './testing/follow.ts';
import { sse, startServer, startStream } from './testing/http-server.ts';

const soon = { timeout: 5000, interval: 2 };

beforeEach(() => {
  // The machine's own proxy settings must not decide what these tests see.
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
  return () => vi.unstubAllEnvs();
});

/** A certificate for 127.0.0.1 that only its own CA vouches for; null without openssl. */
function selfSigned(): { key: string; cert: string } | null {
  const dir = mkdtempSync(join(tmpdir(), 'xsoar-intel-'));
  try {
    const key = join(dir, 'key.pem');
    const cert = join(dir, 'cert.pem');
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const args = ['req', '-x509', ...kind, '-keyout', key, '-out', cert, '-days', '2', ...subject];
    execFileSync('openssl', args, { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } catch {
    return null;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const tls = selfSigned();

async function httpsStream(): Promise<string> {
  const server = createHttpsServer({ key: tls?.key, cert: tls?.cert }, (_request, response) => {
    startStream(response);
    response.write(sse('heartbeat', '1-0', '""'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.skipIf(tls === null)(
  'a certificate that nobody vouches for is refused with words',
  async () => {
    const { changes } = follow(await httpsStream());
    await vi.waitFor(() => expect(changes.length).toBeGreaterThan(1), soon);
    expect(changes[1]).toMatchObject({ state: 'waiting' });
    expect(changes[1]?.reason).toContain('OPENCTI_CA_FILE');
  },
);

test.skipIf(tls === null)('a private CA makes it trusted', async () => {
  const { changes } = follow(await httpsStream(), { ca: tls?.cert ?? '' });
  await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('live'), soon);
});

test.skipIf(tls === null)('verification can be switched off', async () => {
  const { changes } = follow(await httpsStream(), { sslVerify: false });
  await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('live'), soon);
});

/** A proxy for plain requests and for tunnels; lists what went through it. */
async function proxy() {
  const seen: string[] = [];
  const server = createHttpServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    startStream(response);
    response.write(sse('heartbeat', '1-0', '""'));
  });
  server.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    const [host, port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

test('a plain platform is reached through HTTP_PROXY', async () => {
  const { url, seen } = await proxy();
  vi.stubEnv('HTTP_PROXY', url);
  const { changes } = follow('http://opencti.test:8080/base');
  await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('live'), soon);
  expect(seen).toEqual(['GET http://opencti.test:8080/base/stream/abc']);
});

test.skipIf(tls === null)(
  'a TLS platform is reached through a tunnel, and trusted as usual',
  async () => {
    const { url, seen } = await proxy();
    vi.stubEnv('HTTPS_PROXY', url);
    const platform = await httpsStream();
    const { changes } = follow(platform, { ca: tls?.cert ?? '' });
    await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('live'), soon);
    expect(seen).toEqual([`CONNECT ${new URL(platform).host}`]);
  },
);

test('a host in NO_PROXY is reached directly', async () => {
  const { url, seen } = await proxy();
  vi.stubEnv('HTTP_PROXY', url);
  vi.stubEnv('NO_PROXY', '127.0.0.1');
  const server = await startServer((_request, response) => startStream(response));
  onTestFinished(() => server.close());
  const { changes } = follow(server.url);
  await vi.waitFor(() => expect(changes.at(-1)?.state).toBe('live'), soon);
  expect(seen).toEqual([]);
});

test('a proxy address that is none is refused at once', () => {
  vi.stubEnv('HTTP_PROXY', 'not a url');
  expect(() => follow('http://opencti.test')).toThrow(TypeError);
});
