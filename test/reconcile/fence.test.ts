import { connectRedis, keysOf, type Redis, takeOffice } from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRun } from '../../packages/pipeline/src/reconcile/run-store.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

const keys = keysOf('fence');
const OPTIONS = { apply: false, share: 1, since: null };
const BEGIN = { now: 1, restart: false, bounds: async () => ({ recoverMs: 1, head: null }) };

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ url: server.url, sslVerify: true, ca: null }, 'fence', () => {});
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

it('a process that was frozen until another reconciles overwrites nothing of its successor', async () => {
  const { signal } = new AbortController();
  const office = await takeOffice(redis, keys, 1_000, signal);
  if (office === null) throw new Error('the office is free');
  const frozen = await openRun(redis, keys, OPTIONS, BEGIN, office.fence);
  await frozen.commit({ set: { listAt: 3 }, marks: ['one'], add: { listed: 3 } });

  // Its office ran out, and another has it.
  const fence = { ...office.fence, token: 'its successor' };
  await redis.set(fence.key, fence.token);
  const next = await openRun(redis, keys, OPTIONS, BEGIN, fence);
  expect(next.resumed).toBe(true);
  await next.commit({ set: { listAt: 7 } });

  await expect(frozen.commit({ set: { listAt: 4 }, marks: ['two'] })).rejects.toThrow(
    'another process reconciles now',
  );
  await expect(frozen.finish(2)).rejects.toThrow('another process reconciles now');
  const { state } = await openRun(redis, keys, OPTIONS, BEGIN, fence);
  expect([state.listAt, state.counts.listed]).toEqual([7, 3]);
  expect(await next.seen.has(['one', 'two'])).toEqual([true, false]);
  expect(await redis.exists(keys.reconcileLast)).toBe(0);
  await redis.del(fence.key);
  await office.leave();
});

it('findings that are too many to keep are counted, and what is too many has room of its own', async () => {
  const run = await openRun(redis, keys, OPTIONS, { ...BEGIN, restart: true }, null);
  const finding = (kind: 'missing' | 'extra', n: number) => ({
    ...{ kind, entityId: `${kind}-${n}`, value: `${n}.example`, type: 'Domain' },
  });
  await run.commit({
    findings: Array.from({ length: 5_003 }, (_, n) => finding('missing', n)),
    add: { missing: 5_003, extra: 1 },
  });
  await run.commit({ findings: [finding('extra', 1)] });
  const { findings, findingsCut } = await run.finish(2);
  expect([findings.length, findingsCut, findings.at(-1)?.kind]).toEqual([5_001, 3, 'extra']);
  expect(await redis.keys(`${keys.prefix}:reconcile:*`)).toEqual([]);
});
