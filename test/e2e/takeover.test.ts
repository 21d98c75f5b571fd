import { generateFeed } from '@xsoar-intel/simulator';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { differences, NONE, type Pipeline, startPipeline } from './pipeline.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await startPipeline();
});
afterEach(() => pipeline.close());

const read = (count: number) =>
  until(`${count} indicators arrived`, () => pipeline.xsoar.stats().objects >= count);

it('one of three ingests takes over when the active one is killed, and nothing is lost', {
  timeout: 120_000,
}, async () => {
  // What operators have unless they say otherwise: the other tests are quicker.
  const usual = { INGEST_LEADER_TTL: '10s' };
  const active = await pipeline.ingest(usual);
  await until('it reads', () => pipeline.opencti.stats().connections.length === 1);
  const standing = [await pipeline.ingest(usual), await pipeline.ingest(usual)];
  await pipeline.worker();
  const playing = pipeline.opencti.play(generateFeed({ events: 5_000, seed: 5 }), {
    ratePerSecond: 400,
  });
  await read(50);
  // One reads, the others stand by.
  expect(pipeline.opencti.stats().connectionsOpened).toBe(1);
  await active.end('SIGKILL');
  const killed = performance.now();
  await until('another reads', () => pipeline.opencti.stats().connectionsOpened === 2, {
    timeoutMs: 15_000,
  });
  const tookOverMs = performance.now() - killed;
  await playing.finished;
  await pipeline.quiet(90_000);
  expect(tookOverMs).toBeLessThan(15_000);
  const leads = await Promise.all(standing.map((one) => one.metrics()));
  expect(leads.filter((text) => /^xsoar_intel_ingest_active 1$/m.test(text))).toHaveLength(1);
  expect(differences(await pipeline.compare())).toEqual(NONE);
});

it('an ingest whose cursor in Redis went back reads again from there (law L9)', {
  timeout: 60_000,
}, async () => {
  const ingest = await pipeline.ingest();
  await pipeline.worker();
  await pipeline.opencti.play(generateFeed({ events: 300, seed: 6 })).finished;
  const { cursor } = await pipeline.quiet();
  const key = `{xsoar-intel:${pipeline.connectorId}}:cursor`;
  // What a Redis that lost its last second, or failed over, looks like.
  const redis = new Redis(pipeline.redis.url);
  await redis.set(key, '5-0');
  redis.disconnect();
  await pipeline.opencti.play(generateFeed({ events: 50, seed: 7 })).finished;

  await until('it reads again', () => pipeline.opencti.stats().connectionsOpened === 2);
  const { cursor: after } = await pipeline.quiet();
  expect(after?.id.ms).toBeGreaterThanOrEqual(cursor?.id.ms ?? 0);
  expect(differences(await pipeline.compare())).toEqual(NONE);
  expect(await ingest.metrics()).toContain('xsoar_intel_cursor_fenced_total 1');
  expect(ingest.logs()).toContainEqual(expect.objectContaining({ level: 'error', cursor: '5-0' }));
});
