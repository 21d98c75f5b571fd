/** What a process looks at before it trusts a Redis. */
import { connectRedis, inspectRedis } from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

async function inspectWith(...settings: [name: string, value: string][]) {
  const redis = connectRedis(server.url, 'test', () => {});
  try {
    for (const [name, value] of settings) await redis.call('CONFIG', 'SET', name, value);
    return await inspectRedis(redis);
  } finally {
    redis.disconnect();
  }
}

it('a Redis as it should be has no error and no warning', async () => {
  const verdict = await inspectWith();
  expect(verdict).toMatchObject({
    version: expect.stringMatching(/^\d+\./),
    errors: [],
    warnings: [],
  });
});

it('a Redis that evicts keys is refused, and the setting is named', async () => {
  const { errors } = await inspectWith(['maxmemory-policy', 'allkeys-lru']);
  expect(errors).toEqual([
    'Redis evicts keys (maxmemory-policy allkeys-lru), so it may drop events: set maxmemory-policy noeviction.',
  ]);
});

it('a Redis without an append-only file is warned of', async () => {
  const { errors, warnings } = await inspectWith(
    ['maxmemory-policy', 'noeviction'],
    ['appendonly', 'no'],
  );
  expect(errors).toEqual([]);
  expect(warnings).toEqual([expect.stringContaining('Set appendonly yes.')]);
});
