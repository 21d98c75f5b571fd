import { afterEach, expect, it } from 'vitest';
import { type HealthServer, startHealthServer } from './health-server.ts';
import { createMetrics } from './metrics.ts';

let servers: HealthServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function start(health = { alive: () => true, reasons: () => [] as string[] }, port = 0) {
  const { registry } = createMetrics({ process: 'test', version: '1.2.3' });
  const server = await startHealthServer({ address: '127.0.0.1', port, registry, health });
  servers.push(server);
  const get = (path: string, method = 'GET') =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return { server, get };
}

it('serves metrics for Prometheus', async () => {
  const { get } = await start();
  const response = await get('/metrics');
  expect(response.headers.get('content-type')).toContain('text/plain');
  expect(await response.text()).toMatch(/xsoar_intel_build_info\{.*version="1\.2\.3".*\} 1/);
});

it('is alive while the process works, and ready unless it has reasons', async () => {
  const reasons: string[] = [];
  const { get } = await start({ alive: () => true, reasons: () => reasons });
  expect((await get('/readyz')).status).toBe(200);
  reasons.push('Redis: connecting');
  const unready = await get('/readyz');
  expect(unready.status).toBe(503);
  expect(await unready.json()).toEqual({ ready: false, reasons });
  expect((await get('/healthz')).status).toBe(200);
});

it('knows nothing else', async () => {
  const { get } = await start();
  expect((await get('/')).status).toBe(404);
  expect((await get('/metrics', 'POST')).status).toBe(405);
});

it('says which variables to change when the port is taken', async () => {
  const { server } = await start();
  await expect(start(undefined, server.port)).rejects.toThrow(/METRICS_PORT/);
});
