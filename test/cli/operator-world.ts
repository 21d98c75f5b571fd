import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEventId } from '@xsoar-intel/opencti';
import {
  addDeliveries,
  connectRedis,
  createHolds,
  createSlots,
  createWorkerSigns,
  keysOf,
  openDeliveryQueue,
  type Put,
} from '@xsoar-intel/pipeline';
import { bury, type Failed } from '../support/dead-letters.ts';
import { type Ran, run, xsoarIntel } from './run-command.ts';

/** A connector of a test's own in a shared Redis, and the command over it. */
export function openOperatorWorld(redisUrl: string) {
  const connectorId = randomUUID();
  const redis = connectRedis(redisUrl, 'test', () => {});
  const keys = keysOf(connectorId);
  const queue = openDeliveryQueue(redis, keys, { attempts: 3, onError: () => {} });
  const slots = createSlots(redis, keys, {
    leaseMs: 5_000,
    lateWindowMs: 100,
    tombstoneMs: 60_000,
  });
  const cwd = mkdtempSync(join(tmpdir(), 'xsoar-intel-operate-'));
  const env = { REDIS_URL: redisUrl, CONNECTOR_ID: connectorId, TZ: 'UTC' };

  return {
    connectorId,
    redis,
    keys,
    queue,
    slots,
    holds: createHolds(redis, keys),
    cwd,
    env,

    /** Runs the command to its end. */
    run: (
      args: string[],
      more: { env?: Record<string, string>; input?: string } = {},
    ): Promise<Ran> =>
      run(xsoarIntel, args, {
        cwd,
        env: { ...env, ...more.env },
        ...(more.input === undefined ? {} : { input: more.input }),
      }),

    /** Starts the command; the test ends it. */
    start(args: string[]) {
      const child = spawn(xsoarIntel, args, { cwd, env: { PATH: process.env.PATH ?? '', ...env } });
      let output = '';
      let errors = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        errors += text;
      });
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      return { child, ended, output: () => output, errors: () => errors };
    },

    /** Puts states that wait for their delivery. */
    async pend(states: readonly Put[]): Promise<void> {
      await slots.put(states);
      await addDeliveries(
        queue,
        states.map(({ entityId }) => entityId),
      );
    },

    bury: (failed: readonly Failed[]) => bury(redisUrl, { keys, queue }, failed),

    /** As if an ingest and a worker were there. */
    async live(): Promise<void> {
      await redis.set(keys.leader('ingest'), 'somebody', 'PX', 30_000);
      await createWorkerSigns(redis, keys, Date.now).give({
        ...{ name: 'host-a:17', version: '1.2.3', since: Date.now() },
      });
      await redis.set(keys.cursor, `${Date.now() - 5_000}-0`);
    },

    async close(): Promise<void> {
      await queue.close();
      redis.disconnect();
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

/** A connector and its command. */
export type OperatorWorld = ReturnType<typeof openOperatorWorld>;

/** Ids that look like OpenCTI's; the number is their end. */
export function entityId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

/** A state of an entity, by default of a minute ago. */
export function state(n: number, of: Partial<Put> = {}): Put {
  const version = parseEventId(`${Date.now() - 60_000}-${n}`);
  if (version === null) throw new Error('no version');
  const payload = JSON.stringify({
    type: 'indicator',
    id: `indicator--${entityId(n)}`,
    pattern: `[ipv4-addr:value = '198.51.100.${n % 256}']`,
  });
  return { entityId: entityId(n), version, operation: 'upsert', payload, ...of };
}

/** The lines of an output. */
export const linesOf = (text: string): string[] => text.trimEnd().split('\n');

/** NDJSON as what it says. */
export const objectsOf = (text: string): Record<string, unknown>[] =>
  linesOf(text)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
