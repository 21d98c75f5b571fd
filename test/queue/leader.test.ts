import { type Leadership, standForLeader } from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { openWorld } from './world.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

it('one leads, another takes over when it goes, and a leader without Redis steps down', async () => {
  const world = openWorld(server.url);
  const stand = (): Leadership =>
    standForLeader(world.redis, world.keys, 'ingest', {
      ttlMs: 300,
      onChange: () => {},
      onError: () => {},
    });
  const first = stand();
  await first.whenLeading();
  const second = stand();
  expect(second.leading).toBe(false);
  await first.stop();
  await second.whenLeading();
  expect(second.leading).toBe(true);

  await server.kill();
  await until('it does not lead without Redis', () => !second.leading);
  await server.start();
  await until('it leads again', () => second.leading);
  await second.stop();
  await world.close();
});
