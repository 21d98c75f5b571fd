import { generateFeed, type Operation } from '@xsoar-intel/simulator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDomain, deleteDomain, updateDomain } from '../support/indicators.ts';
import { until } from '../support/until.ts';
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
  // As many pushes as there can be: no change waits for another.
  const each = { DELIVERY_DEBOUNCE: '0' };
  await Promise.all([
    pipeline.ingest(each),
    pipeline.worker(),
    pipeline.worker(),
    pipeline.worker(),
  ]);
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

it('an indicator that changes again and again is pushed when it is new, and when it has come to rest', async () => {
  const patient = { DELIVERY_DEBOUNCE: '2s', DELIVERY_DEBOUNCE_MAX: '1m' };
  await Promise.all([pipeline.ingest(patient), pipeline.worker()]);
  const { opencti, xsoar } = pipeline;
  const pushes = () => {
    const { create = {}, edit = {} } = xsoar.stats().operations;
    return [create, edit].map((codes) => Object.values(codes).reduce((sum, n) => sum + n, 0));
  };
  opencti.append(createDomain('first.example'));
  await until('both processes work', () => xsoar.get('first.example'));
  opencti.append(createDomain('restless.example', 10));
  await until('it is there', () => xsoar.get('restless.example'));
  for (let score = 11; score <= 90; score += 1)
    opencti.append(updateDomain('restless.example', score));
  await pipeline.quiet();
  expect(differences(await pipeline.compare())).toEqual(NONE);
  expect(pushes()).toEqual([2, 1]);

  // However long changes may wait for each other, what goes waits for the next look at most.
  opencti.append(updateDomain('restless.example', 5));
  opencti.append(deleteDomain('restless.example'));
  await until('it is gone', () => xsoar.get('restless.example') === undefined, {
    timeoutMs: 20_000,
  });
});
