import {
  createIngestSigns,
  createWorkerSigns,
  keysOf,
  type WorkerSign,
} from '@xsoar-intel/pipeline';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
let redis: Redis;
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const worker = (name: string): WorkerSign => ({ name, version: '1.2.3', since: 7 });
const names = (signs: WorkerSign[]) => signs.map(({ name }) => name);

it('lists who gave a sign of life within twenty seconds, and forgets who was silent for a minute', async () => {
  const keys = keysOf('signs');
  let now = 1_000_000;
  const signs = createWorkerSigns(redis, keys, () => now);
  await signs.give(worker('b'));
  await signs.give(worker('a'));
  expect(await signs.list()).toEqual([worker('a'), worker('b')]);

  now += 20_000;
  expect(names(await signs.list())).toEqual(['a', 'b']);
  now += 1;
  expect(await signs.list()).toEqual([]);
  await signs.give(worker('a'));
  expect(names(await signs.list())).toEqual(['a']);

  now += 40_001;
  await signs.give(worker('a'));
  expect(Object.keys(await redis.hgetall(keys.workers))).toEqual(['a']);
});

it('lists nobody who took leave', async () => {
  const signs = createWorkerSigns(redis, keysOf('leave'), Date.now);
  await signs.give(worker('a'));
  await signs.withdraw('a');
  expect(await signs.list()).toEqual([]);
});

it('an ingest is no worker', async () => {
  const keys = keysOf('both');
  await createIngestSigns(redis, keys, Date.now).give(worker('a'));
  expect(await createWorkerSigns(redis, keys, Date.now).list()).toEqual([]);
  expect(names(await createIngestSigns(redis, keys, Date.now).list())).toEqual(['a']);
});
