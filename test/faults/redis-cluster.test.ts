/**
 * A master of a Redis Cluster is killed while events flow, and its replica is promoted. Until then
 * every command of ours fails, by errors that are not those of a single server. All of it as a user who
 * has the rights to our keys only: a node notes what it refused for want of a right.
 */
import { generateFeed } from '@xsoar-intel/simulator';
import { afterEach, expect, it } from 'vitest';
import { differences, NONE, type Pipeline, startPipeline } from '../e2e/pipeline.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { until } from '../support/until.ts';

let pipeline: Pipeline | undefined;
afterEach(() => pipeline?.close());

const BUSY = { CONNECTOR_CONSUMER_COUNT: '20', CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '0' };

it('a failover in a Cluster gives nothing up, for a user with the rights to our keys only', {
  timeout: 90_000,
}, async () => {
  const redis = await startRedisCluster({ login: { user: 'intel', password: 'p@ss' } });
  const running = await startPipeline({ redis });
  pipeline = running;
  const master = await redis.addReplica(running.keys.pending);
  const processes = await Promise.all([running.ingest(BUSY), running.worker(BUSY)]);
  const { opencti, xsoar } = running;
  // See redis-sentinel.test.ts: what the lost moment may leave behind needs deletes and other tags.
  const feed = generateFeed({
    ...{ events: 500, seed: 6, updateShare: 0, deleteShare: 0, patternShare: 0 },
  });
  const playing = opencti.play(feed, { ratePerSecond: 200 });
  await until('work is under way', () => xsoar.stats().objects > 100);
  await master.kill();
  const reached = xsoar.stats().objects;
  await until('deliveries go on', () => xsoar.stats().objects > reached + 50);
  await playing.finished;
  const { dead } = await running.quiet();
  expect(dead).toBe(0);
  expect(differences(await running.compare())).toEqual(NONE);
  expect(await redis.refusals()).toEqual([]);
  // It would have been noted.
  await expect(running.client.get('of-others')).rejects.toThrow('NOPERM');
  expect(await redis.refusals()).toHaveLength(1);
  for (const one of processes) expect(await one.end('SIGTERM')).toBe(0);
});
