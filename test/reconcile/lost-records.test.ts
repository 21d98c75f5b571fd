import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ReconcileWorld, startReconcileWorld } from './world.ts';

let world: ReconcileWorld;
beforeAll(async () => {
  world = await startReconcileWorld({ entities: 300, sharedValues: 0.3 });
}, 120_000);
afterAll(() => world.close());

it('invents nothing where several stand behind a value', async () => {
  const { findings, counts } = await world.here();
  expect(findings).toEqual([]);
  expect(counts.compared).toBeGreaterThan(250);
});

it('invents nothing where all records were lost: OpenCTI and XSOAR know enough', async () => {
  const { client, keys } = world.pipeline;
  await client.del(keys.bindings, keys.values);
  const { findings } = await world.here();
  expect(findings).toEqual([]);
});

it('repairs without records, too', async () => {
  const { pipeline } = world;
  await world.drift(3);
  await pipeline.client.del(pipeline.keys.bindings, pipeline.keys.values);
  await world.here({ apply: true });
  await pipeline.quiet();
  expect((await world.here()).findings).toEqual([]);
  const { missing, stale, extra } = await pipeline.compare();
  expect({ missing, extra }).toEqual({ missing: [], extra: [] });
  // Without a record nobody can tell an old tag of ours from an analyst's: it stays.
  expect(stale.filter(({ field }) => field !== 'tags')).toEqual([]);
});
