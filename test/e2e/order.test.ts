import { generateFeed, type Operation } from '@xsoar-intel/simulator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { differences, NONE, type Pipeline, startPipeline } from './pipeline.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await startPipeline({
    xsoar: { latency: { default: { minMs: 0, maxMs: 40 } } },
  });
});
afterEach(() => pipeline.close());

it('200 entities with 50 rapid updates and deletes each end in their newest state with 3 workers', {
  timeout: 120_000,
}, async () => {
  await Promise.all([pipeline.ingest(), pipeline.worker(), pipeline.worker(), pipeline.worker()]);
  const feed: Iterable<Operation> = generateFeed({
    entities: 200,
    events: 200 * 50,
    updateShare: 0.9,
    deleteShare: 0.08,
    seed: 11,
  });
  await pipeline.opencti.play(feed, { ratePerSecond: 2_000 }).finished;
  await pipeline.quiet();
  expect(differences(await pipeline.compare())).toEqual(NONE);
  // One push of an entity at a time, in the whole fleet (law L3).
  expect(pipeline.xsoar.stats().maxInFlightPerValue).toBe(1);
});
