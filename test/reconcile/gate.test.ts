import {
  connectRedis,
  createGate,
  createHolds,
  keysOf,
  type Redis,
  type Waiting,
} from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

const keys = keysOf('gate');
let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url, sslVerify: true, ca: null }, 'gate', () => {});
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
beforeEach(async () => {
  await redis.del(keys.pending, keys.holds);
});

const pend = (count: number, at = 1): Promise<unknown> =>
  redis.zadd(keys.pending, ...Array.from({ length: count }, (_, n) => [at, `e${n}`]).flat());

/** Passes a gate, and takes down what it was told. */
function passes(which: 'toRead' | 'toRepair') {
  const told: (Waiting | null)[] = [];
  const passed = { yet: false };
  const done = createGate(redis, keys, (waiting) => told.push(waiting))
    [which](new AbortController().signal)
    .then(() => {
      passed.yet = true;
    });
  return { told, passed, done };
}

it.each([
  ['toRead', 1_000],
  ['toRepair', 20],
] as const)('%s waits while more than %i states wait for delivery', async (which, most) => {
  await pend(most + 1);
  const { told, passed, done } = passes(which);
  await until('it waits', () => told.length > 1);
  expect([passed.yet, told[0]]).toEqual([false, { deliveries: most + 1, heldBy: null }]);
  await redis.zrem(keys.pending, 'e0');
  await done;
  expect(told.at(-1)).toBeNull();
});

it('what is due later is waited for by nobody', async () => {
  await pend(30, Date.now() + 3_600_000);
  const { told, done } = passes('toRepair');
  await done;
  expect(told).toEqual([]);
});

it('says why deliveries are held, since they may be so until somebody acts', async () => {
  const reason = 'more than 10 deletes within 1m';
  await createHolds(redis, keys).open('delete-storm', { reason, by: 'test', forMs: null });
  await pend(21);
  const { told, done } = passes('toRepair');
  await until('it waits', () => told.length > 0);
  expect(told[0]).toEqual({ deliveries: 21, heldBy: reason });
  await redis.del(keys.pending);
  await done;
});
