import { createServer } from 'node:http';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCertificate } from '../testing/certificate.ts';
import { connect, ioc, json, SECRET_KEY, startServer } from '../testing/local-server.ts';
import { rejection } from '../testing/rejection.ts';

const indicator = { value: 'evil.example', indicator_type: 'Domain' };
const certificate = makeCertificate();

describe.skipIf(certificate === null)('over TLS (skipped without openssl)', () => {
  const start = () =>
    startServer((_request, response) => json(response, 200, ioc()), certificate ?? undefined);

  it('refuses a certificate of an unknown authority before it sends anything', async () => {
    const server = await start();
    const error = await rejection(connect(server.origin).create(indicator));
    expect(error).toMatchObject({ kind: 'network', uncertain: false });
    expect(error.message).toContain('XSOAR_CA_FILE');
    expect(server.seen).toHaveLength(0);
  });

  it('trusts the authority that it is given', async () => {
    const server = await start();
    const client = connect(server.origin, { ca: certificate?.cert ?? '' });
    expect(await client.create(indicator)).toMatchObject({ id: '114' });
  });

  it('still checks the name then', async () => {
    const server = await start();
    const client = connect(`https://localhost:${server.port}`, { ca: certificate?.cert ?? '' });
    const error = await rejection(client.create(indicator));
    expect(error).toMatchObject({ kind: 'network', uncertain: false });
    expect(error.message).toContain('another host name');
  });

  it('accepts any certificate when it is told so', async () => {
    const server = await start();
    const client = connect(server.origin, { sslVerify: false });
    expect(await client.create(indicator)).toMatchObject({ id: '114' });
  });
});

it('refuses a CA text without a certificate', () => {
  expect(() => connect('https://127.0.0.1', { ca: '/etc/ca.pem' })).toThrow('PEM');
});

/** A proxy that tunnels and notes what it was asked. */
async function startProxy(options: { refuse?: boolean } = {}) {
  const asked: { line: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({
      line: `${request.method} ${request.url}`,
      authorization: request.headers['proxy-authorization'],
    });
    json(response, 200, ioc());
  });
  server.on('connect', (request, socket) => {
    asked.push({
      line: `CONNECT ${request.url}`,
      authorization: request.headers['proxy-authorization'],
    });
    if (options.refuse) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const port = Number(request.url?.split(':').at(-1));
    const target = connectTcp(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(target).pipe(socket);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
    onTestFinished(() => void target.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('behind a proxy', () => {
  it.skipIf(certificate === null)('tunnels https, with its credentials decoded', async () => {
    const server = await startServer(
      (_request, response) => json(response, 200, ioc()),
      certificate ?? undefined,
    );
    const proxy = await startProxy();
    const client = connect(server.origin, {
      ca: certificate?.cert ?? '',
      environment: { HTTPS_PROXY: `http://me:p%40ss@${proxy.address}` },
    });
    expect(await client.create(indicator)).toMatchObject({ id: '114' });
    expect(proxy.asked).toEqual([
      {
        line: `CONNECT 127.0.0.1:${server.port}`,
        authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
      },
    ]);
    expect(server.seen[0]?.headers.authorization).toBe(SECRET_KEY);
    expect(server.seen[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  it('asks it for http addresses, in the lower-case spelling too', async () => {
    const proxy = await startProxy();
    const client = connect('http://xsoar.corp', {
      environment: { http_proxy: `http://${proxy.address}` },
    });
    expect(await client.create(indicator)).toMatchObject({ id: '114' });
    expect(proxy.asked).toHaveLength(1);
  });

  it('goes past it for hosts in NO_PROXY', async () => {
    const server = await startServer((_request, response) => json(response, 200, ioc()));
    const proxy = await startProxy();
    const client = connect(server.origin, {
      environment: { HTTP_PROXY: `http://${proxy.address}`, NO_PROXY: 'other.corp,127.0.0.1' },
    });
    await client.create(indicator);
    expect(proxy.asked).toHaveLength(0);
    expect(server.seen).toHaveLength(1);
  });

  it('has no doubt when the proxy refuses', async () => {
    const proxy = await startProxy({ refuse: true });
    const client = connect('https://xsoar.corp', {
      environment: { HTTPS_PROXY: `http://${proxy.address}` },
    });
    const error = await rejection(client.create(indicator));
    expect(error).toMatchObject({ kind: 'network', uncertain: false });
    expect(error.message).toContain('407');
  });

  it('refuses a proxy that is no URL without showing it', () => {
    const environment = { HTTPS_PROXY: 'http://me:hunter2@' };
    expect(() => connect('https://xsoar.corp', { environment })).toThrow('HTTPS_PROXY');
    expect(() => connect('https://xsoar.corp', { environment })).not.toThrow('hunter2');
  });
});
