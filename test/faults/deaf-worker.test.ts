import { addDeliveries } from '@xsoar-intel/pipeline';
import { createLogger } from '@xsoar-intel/runtime';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDeliveryWorker } from '../../packages/worker/src/delivery-worker.ts';
import { openWorld, state } from '../queue/world.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

let server: TestRedis;
let elsewhere: TestRedis;
beforeAll(async () => {
  [server, elsewhere] = await Promise.all([startRedis(), startRedis()]);
});
afterAll(() => Promise.all([server.stop(), elsewhere.stop()]));

/** A worker whose connection for jobs leads to some Redis, and what it says of itself. */
async function startOn(jobsUrl: string) {
  const world = openWorld(server.url);
  const jobsWorld = openWorld(jobsUrl);
  const said: string[] = [];
  const delivered: string[] = [];
  const worker = startDeliveryWorker(
    {
      jobsAtATime: 2,
      attempts: 3,
      backoff: { minMs: 10, maxMs: 20 },
      holdBackoff: { minMs: 10, maxMs: 20 },
      circuitFailures: 5,
      lockMs: 1_000,
      lookMs: 50,
      sweepEveryMs: 60_000,
      sweepGraceMs: 60_000,
      deadLetters: { count: 1e6, bytes: 1e9, ageMs: 1e9 },
      tombstoneMs: 60_000,
      sweeperTtlMs: 5_000,
      deafAfterMs: 500,
      cutAfterMs: 100,
    },
    {
      ...world,
      name: 'test',
      jobsRedis: jobsWorld.redis,
      writer: {
        upsert: async () => ({ outcome: 'created', id: '1', version: 1 }),
        remove: async () => ({ outcome: 'absent' }),
      },
      map: () => ({ ok: false, reason: 'no-pattern', detail: '', leftOut: [], notes: [] }),
      beginPush: (signal) => ({ signal, end: () => {} }),
      logger: createLogger({ level: 'error', name: 'test', destination: { write: () => {} } }),
      metrics: {
        result: (result) => delivered.push(result.kind),
        dead: () => {},
        holds: () => {},
        swept: () => {},
        trimmed: () => {},
      },
      onRedisError: () => {},
      onDeaf: (error) => said.push(error.message),
    },
  );
  await world.slots.put([state('a', '1-0')]);
  await addDeliveries(world.queue, ['a']);
  return {
    world,
    said,
    delivered,
    async close() {
      await worker.stop();
      await Promise.all([world.close(), jobsWorld.close()]);
    },
  };
}

it('a worker whose connection for jobs leads nowhere is found out', async () => {
  const deaf = await startOn(elsewhere.url);
  await until('it says so', () => deaf.said.length > 0);
  expect(deaf.said[0]).toContain('this worker took none: it is deaf');
  expect(deaf.delivered).toEqual([]);
  await deaf.close();
});

it('one that rests because deliveries are held is not', async () => {
  const held = await startOn(elsewhere.url);
  await held.world.holds.open('operator', { reason: 'a test', by: 'a test', forMs: null });
  const from = performance.now();
  await until('three times its patience is over', () => performance.now() - from > 1_500);
  expect(held.said).toEqual([]);
  await held.close();
});

it('nor is one that hears', async () => {
  const fine = await startOn(server.url);
  await until('it delivers', () => fine.delivered.includes('delivered'));
  const from = performance.now();
  await until('twice its patience is over', () => performance.now() - from > 1_000);
  expect(fine.said).toEqual([]);
  await fine.close();
});
