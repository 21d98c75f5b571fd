/** The forms of Redis other than one open server: a Cluster, and a user with a password. */
import { generateFeed } from '@xsoar-intel/simulator';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { differences, NONE, type Pipeline, startPipeline } from '../e2e/pipeline.ts';
import { startRedis } from '../support/redis.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';

let pipeline: Pipeline | undefined;
afterEach(() => pipeline?.close());

async function deliver(running: Pipeline): Promise<void> {
  pipeline = running;
  const processes = await Promise.all([
    running.ingest({ CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '0' }),
    running.worker(),
  ]);
  const feed = generateFeed({ events: 300, seed: 4, updateShare: 0.4, deleteShare: 0.1 });
  await running.opencti.play(feed, { ratePerSecond: 500 }).finished;
  await running.quiet();
  expect(differences(await running.compare())).toEqual(NONE);
  for (const one of processes) {
    expect(await one.end('SIGTERM')).toBe(0);
    expect(JSON.stringify(one.logs())).not.toContain('p%40ss');
    expect(JSON.stringify(one.logs())).not.toContain('p@ss');
  }
}

describe('deliveries over', { timeout: 60_000 }, () => {
  it('a Redis Cluster of three masters', async () => {
    await deliver(await startPipeline({ redis: await startRedisCluster() }));
  });

  it('a Redis with a user, a password and a database', async () => {
    const redis = await startRedis();
    const admin = new Redis(redis.url);
    await admin.call(
      'ACL',
      'SETUSER',
      'intel',
      'on',
      '>p@ss',
      '~{xsoar-intel:*',
      '+@all',
      '-@dangerous',
      '+info',
    );
    await admin.call('ACL', 'SETUSER', 'default', 'off');
    admin.disconnect();
    const url = redis.url.replace('redis://', 'redis://intel:p%40ss@');
    await deliver(await startPipeline({ redis: { ...redis, url: `${url}/3` } }));
  });
});
