import { tmpdir } from 'node:os';
import { createMetrics, startHealthServer } from '@xsoar-intel/runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../support/redis.ts';
import { run, xsoarIntel } from './run-command.ts';

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

/** A process that is alive or not, and not ready for these reasons. */
async function serve(alive: boolean, reasons: string[]): Promise<number> {
  const server = await startHealthServer({
    address: '127.0.0.1',
    port: 0,
    registry: createMetrics({ process: 'test' }).registry,
    health: { alive: () => alive, reasons: () => reasons },
  });
  close = () => server.close();
  return server.port;
}

const health = (port: number, ...options: string[]) =>
  run(xsoarIntel, ['health', ...options], {
    cwd: tmpdir(),
    env: { CONNECTOR_ID: 'test', METRICS_ENABLE: 'true', METRICS_PORT: String(port) },
  });

describe('xsoar-intel health', () => {
  it('is 0 while the process is alive, ready or not', async () => {
    const port = await serve(true, ['waiting for Redis']);
    expect(await health(port)).toMatchObject({ code: 0, stdout: '{"alive":true}\n' });
  });

  it('is 1 with the reasons when it is asked whether the process is ready', async () => {
    const port = await serve(true, ['waiting for Redis']);
    const { code, stdout } = await health(port, '--ready');
    expect({ code, ...JSON.parse(stdout) }).toEqual({
      code: 1,
      ready: false,
      reasons: ['waiting for Redis'],
    });
  });

  it('is 1 when the process stands still', async () => {
    expect(await health(await serve(false, []))).toMatchObject({ code: 1 });
  });

  it('is 1 when nobody answers, and says where it asked', async () => {
    const port = await freePort();
    const { code, stderr } = await health(port);
    expect(code).toBe(1);
    expect(stderr).toContain(`http://127.0.0.1:${port}/healthz does not answer`);
  });

  it('is 78 when metrics are off: there is nobody to ask', async () => {
    const { code, stderr } = await run(xsoarIntel, ['health'], {
      cwd: tmpdir(),
      env: { CONNECTOR_ID: 'test' },
    });
    expect(code).toBe(78);
    expect(stderr).toContain('METRICS_ENABLE');
  });
});
