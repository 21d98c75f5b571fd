/**
 * A run that is killed at random points, again and again, and resumed. The seed is in the names of
 * the tests; to replay one: RECONCILE_SEED=<seed> vitest run test/reconcile/kill.test.ts
 */
import { connectRedis, type Redis, type Report } from '@xsoar-intel/pipeline';
import { createRandom } from '@xsoar-intel/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { differences, NONE } from '../e2e/pipeline.ts';

import {
  type Drifted,
  found,
  type Here,
  type ReconcileWorld,
  startReconcileWorld,
} from './world.ts';

/** More than a page of what XSOAR lists. */
const ENTITIES = 650;
const DRIFT = 10;
const SEED = Number(process.env.RECONCILE_SEED ?? Date.now() % 1_000_000);

/** Another attempt would draw other moments, and hide what this one has found. */
const ONCE = { retry: 0 };

const random = createRandom(SEED);
const upTo = (most: number): number => 1 + random.below(most);

let world: ReconcileWorld;
let drifted: Drifted;
/** What the unbroken run said, and how many commands it sent to Redis. */
let whole: Report;
let commands: number;
/** Told of each request that XSOAR answered. */
const listeners = new Set<(operation: string) => void>();

beforeAll(async () => {
  world = await startReconcileWorld({
    entities: ENTITIES,
    xsoar: {
      onRequest({ operation }) {
        for (const listener of listeners) listener(operation);
      },
    },
  });
  drifted = await world.drift(DRIFT);
  const { redis, sent } = await mortal(Number.POSITIVE_INFINITY);
  whole = await world.here({ redis, restart: true });
  commands = sent();
  redis.disconnect();
}, 120_000);
afterAll(() => world.close());

/** The moment at which the nth of these has gone by, and a little more. */
function nth(n: number, operations: readonly string[], laterMs: number): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      let left = n;
      const listener = (one: string): void => {
        if (operations.includes(one)) left -= 1;
        if (left > 0) return;
        listeners.delete(listener);
        setTimeout(resolve, laterMs);
      };
      listeners.add(listener);
    });
}

/** A Redis that dies for this run with the nth command: just before it is sent, or just after. */
async function mortal(n: number, isSent = true) {
  const death = new AbortController();
  const { url } = world.pipeline.redis;
  const redis: Redis = connectRedis({ url, sslVerify: true, ca: null }, 'mortal', () => {});
  await redis.ping();
  const send = redis.sendCommand.bind(redis);
  let sent = 0;
  const die = (): void => {
    if (death.signal.aborted) return;
    death.abort(new Error('killed'));
    redis.disconnect();
  };
  redis.sendCommand = (...[command, stream]: Parameters<Redis['sendCommand']>) => {
    sent += 1;
    if (sent > n || (sent === n && !isSent)) {
      die();
      command.reject(new Error('killed'));
      return command.promise;
    }
    const answer = send(command, stream);
    if (sent === n) die();
    return answer;
  };
  return { redis, signal: death.signal, sent: () => sent };
}

/** Runs it until it dies with its nth command; null where it did, else its report. */
async function dies(options: Here, n: number): Promise<Report | null> {
  const { redis, signal } = await mortal(n, random.chance(0.5));
  try {
    return await world.here({ ...options, redis, signal });
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  } finally {
    redis.disconnect();
  }
}

it(
  `reports the same when its process was killed at random points (RECONCILE_SEED=${SEED})`,
  ONCE,
  async () => {
    expect(found(whole)).toEqual(drifted);
    let killed = 0;
    let printed: string | null = null;
    // The first while it goes over OpenCTI, with several searches a page.
    const moments = [6, 4, 4].map((most) => nth(upTo(most), ['search'], upTo(40)));
    for (const moment of moments) {
      printed = await world.killed(['reconcile', '--json'], moment);
      if (printed !== null) break;
      killed += 1;
    }
    const report = printed === null ? await world.here() : (JSON.parse(printed) as Report);
    expect(killed).toBeGreaterThan(0);
    expect(found(report)).toEqual(drifted);
    expect(report.counts).toEqual(whole.counts);
  },
);

it(
  `reports the same wherever it was cut off from what it had noted (RECONCILE_SEED=${SEED})`,
  ONCE,
  async () => {
    for (let round = 0; round < 3; round += 1) {
      let report: Report | null = null;
      for (let kills = 0; kills < 4 && report === null; kills += 1) {
        report = await dies({ restart: kills === 0 }, upTo(commands / 2));
      }
      report ??= await world.here();
      expect(found(report)).toEqual(drifted);
      expect(report.counts).toEqual(whole.counts);
    }
  },
);

it(`repairs the same when it was killed while it did (RECONCILE_SEED=${SEED})`, ONCE, async () => {
  const { pipeline } = world;
  const args = ['reconcile', '--apply', '--yes', '--json'];
  // The workers write only what it asked for: so it is in mid-repair.
  const written = ['create', 'edit', 'delete'];
  const printed = await world.killed(args, nth(upTo(DRIFT), written, upTo(20)));
  expect(printed).toBeNull();
  let report: Report | null = null;
  for (let kills = 0; kills < 4 && report === null; kills += 1) {
    report = await dies({ apply: true }, upTo(60));
  }
  report ??= await world.here({ apply: true });
  expect(found(report)).toEqual(drifted);
  const all = Object.values(drifted).flat().length;
  expect(report.counts).toEqual({ ...whole.counts, repaired: all, deleted: 2 * DRIFT });
  await pipeline.quiet();
  expect(differences(await pipeline.compare())).toEqual(NONE);
  expect((await world.here()).findings).toEqual([]);
});
