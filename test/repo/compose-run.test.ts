import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { connectRedis, keysOf, readLastReport } from '@xsoar-intel/pipeline';
import {
  type FakeOpencti,
  type FakeXsoar,
  generateFeed,
  startFakeOpencti,
  startFakeXsoar,
} from '@xsoar-intel/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort, startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { renderService, writtenServices } from './compose-file.ts';
import { parseEnvFile, read, root } from './files.ts';

let redis: TestRedis;
let opencti: FakeOpencti;
let xsoar: FakeXsoar;
const children: ChildProcess[] = [];

beforeAll(async () => {
  [redis, opencti, xsoar] = await Promise.all([startRedis(), startFakeOpencti(), startFakeXsoar()]);
});
afterAll(async () => {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }),
  );
  await Promise.all([redis.stop(), opencti.close(), xsoar.close()]);
});

/** The words of an instruction of the Dockerfile, with the image's paths turned into ours. */
function instruction(name: string): string[] {
  const text = read('deploy/docker/Dockerfile').replaceAll(/\\\n/g, ' ');
  const [, json = '[]'] = new RegExp(`^${name}[^\\[]*(\\[.*\\])$`, 'm').exec(text) ?? [];
  return (JSON.parse(json) as string[]).map((word) =>
    word === '/nodejs/bin/node'
      ? join(root, 'node_modules/.bin/node')
      : word.replace(/^\/app\//, `${root}/`),
  );
}

/** The variables that the image itself sets. */
function imageEnvironment(): Record<string, string> {
  const text = read('deploy/docker/Dockerfile').replaceAll(/\\\n/g, ' ');
  const line = /^ENV (.*)$/m.exec(text)?.[1] ?? '';
  const pairs = [...line.matchAll(/([A-Z_]+)=(?:"([^"]*)"|(\S+))/g)];
  return Object.fromEntries(
    pairs.map(([, name = '', quoted, bare]) => [name, quoted ?? bare ?? '']),
  );
}

/** Starts a program of the image as a container would, with the compose file's environment. */
function start(command: readonly string[], environment: Record<string, string>) {
  const [program = '', ...words] = command;
  const child = spawn(program, words, {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', ...imageEnvironment(), ...environment },
    stdio: 'ignore',
  });
  children.push(child);
  return child;
}

it('what docker compose starts from a filled .env.example delivers, and is healthy', {
  timeout: 60_000,
}, async () => {
  const values = new Map([
    ...parseEnvFile(read('.env.example')),
    ['REDIS_URL', redis.url],
    ['OPENCTI_URL', opencti.url],
    ['OPENCTI_TOKEN', opencti.token],
    ['CONNECTOR_ID', '5b2a7d8e-3f1c-4f7e-9d55-0c1a2b3c4d5e'],
    ['CONNECTOR_LIVE_STREAM_ID', opencti.streamId],
    ['XSOAR_URL', xsoar.url],
    ['XSOAR_KEY_ID', xsoar.keyId],
    ['XSOAR_KEY', xsoar.key],
    ['BOARD_PASSWORD', 'secret'],
    // This alone is to be enough for the ingest to reconcile.
    ['RECONCILE_INTERVAL', '1m'],
    ['RECONCILE_SETTLE', '100ms'],
  ]);
  const started = [];
  for (const role of ['ingest', 'worker', 'board'] as const) {
    const { command, environment } = renderService(writtenServices()[role] ?? {}, values);
    // Containers have ports of their own; here they share one machine's.
    environment.METRICS_PORT = String(await freePort());
    if (role === 'board') environment.BOARD_PORT = String(await freePort());
    started.push({
      child: start([...instruction('ENTRYPOINT'), ...command], environment),
      environment,
    });
  }
  await opencti.play(generateFeed({ events: 50, seed: 5 })).finished;
  await until('indicators are in XSOAR', () => xsoar.stats().objects > 10, { timeoutMs: 30_000 });

  expect(Object.keys(imageEnvironment())).toContain('NODE_OPTIONS');
  const board = started.at(-1)?.environment ?? {};
  const login = btoa(`${board.BOARD_USER}:${board.BOARD_PASSWORD}`);
  // It may take longer to come up than the first indicators to arrive, and says 503 until
  // it has looked at Redis once.
  const page = await until('the board answers', async () => {
    const response = await fetch(`http://127.0.0.1:${board.BOARD_PORT}/`, {
      headers: { Authorization: `Basic ${login}` },
    }).catch(() => null);
    return response?.status === 503 ? null : response;
  });
  expect(page.status).toBe(200);
  for (const { environment } of started) {
    await until('its health check says so', async () => {
      const [code] = await once(start(instruction('HEALTHCHECK'), environment), 'exit');
      return code === 0;
    });
  }
  const client = connectRedis({ url: redis.url, sslVerify: true, ca: null }, 'test', () => {});
  const keys = keysOf(values.get('CONNECTOR_ID') ?? '');
  const { counts } = await until('it is compared', () => readLastReport(client, keys));
  client.disconnect();
  expect(counts).toMatchObject({ missing: 0, stale: 0, foreign: 0, extra: 0 });
  expect(counts.equal).toBeGreaterThan(10);
  for (const { child } of started) {
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect((await exit)[0]).toBe(0);
  }
});
