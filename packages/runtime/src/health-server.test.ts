import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type HealthServer, type HealthServerOptions, startHealthServer } from './health-server.ts';
import { createMetrics } from './metrics.ts';

let servers: HealthServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

const WELL = { alive: () => true, reasons: () => [] as string[] };

async function start(options: Partial<HealthServerOptions> = {}) {
  const { registry } = createMetrics({ process: 'test', version: '1.2.3' });
  const server = await startHealthServer({
    address: '127.0.0.1',
    port: 0,
    registry,
    health: WELL,
    ...options,
  });
  servers.push(server);
  const get = (path: string, method = 'GET') =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return { server, registry, get };
}

describe('the health server', () => {
  it('serves metrics for Prometheus', async () => {
    const { get } = await start();
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toMatch(/xsoar_intel_build_info\{.*version="1\.2\.3".*\} 1/);
  });

  it('is alive while the process works, and ready unless it has reasons', async () => {
    const state = { alive: true, reasons: [] as string[] };
    const health = { alive: () => state.alive, reasons: () => state.reasons };
    const { get } = await start({ health });
    expect((await get('/readyz')).status).toBe(200);
    state.reasons.push('Redis: connecting');
    const unready = await get('/readyz');
    expect(unready.status).toBe(503);
    expect(await unready.json()).toEqual({ ready: false, reasons: ['Redis: connecting'] });
    expect((await get('/healthz')).status).toBe(200);
    state.alive = false;
    expect((await get('/healthz')).status).toBe(503);
  });

  it('knows nothing else', async () => {
    const { get } = await start();
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics/../etc/passwd%00')).status).toBe(404);
    const posted = await get('/metrics', 'POST');
    expect(posted.status).toBe(405);
    expect(posted.headers.get('allow')).toBe('GET, HEAD');
  });

  it('answers HEAD without a body and takes a query', async () => {
    const { get } = await start();
    const response = await get('/healthz?verbose', 'HEAD');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('answers 500 when a metric cannot be collected, and goes on', async () => {
    const { get, registry } = await start();
    const original = registry.metrics;
    registry.metrics = () => Promise.reject(new Error('s3cret'));
    const response = await get('/metrics');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('s3cret');
    registry.metrics = original;
    expect((await get('/metrics')).status).toBe(200);
  });

  it('says which variable to change when the port is taken', async () => {
    const { server } = await start();
    await expect(start({ port: server.port })).rejects.toThrow(
      `METRICS_PORT=${server.port}: the port is in use on 127.0.0.1`,
    );
  });

  it('says which variable to change when the address is not ours', async () => {
    await expect(start({ address: '192.0.2.1' })).rejects.toThrow('METRICS_ADDR=192.0.2.1');
  });

  it('drops a client that never finishes its request', async () => {
    const { server, get } = await start({ headersTimeoutMs: 200 });
    const slow = connect(server.port, '127.0.0.1');
    slow.on('error', () => {});
    await once(slow, 'connect');
    slow.write('GET /metrics HTTP/1.1\r\nHost: x\r\n');
    slow.resume();
    await once(slow, 'close');
    expect((await get('/healthz')).status).toBe(200);
  });

  it('closes even while a client keeps its connection open', async () => {
    const { server } = await start();
    const idle = connect(server.port, '127.0.0.1');
    idle.on('error', () => {});
    await once(idle, 'connect');
    const closed = once(idle, 'close');
    await server.close();
    await closed;
  });
});
