import { generateFeed } from '@xsoar-intel/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences, NONE } from '../e2e/pipeline.ts';
import { type Drifted, found, type ReconcileWorld, startReconcileWorld } from './world.ts';

const ENTITIES = Number(process.env.RECONCILE_ENTITIES ?? 1_200);

describe('xsoar-intel reconcile', () => {
  let world: ReconcileWorld;
  let drifted: Drifted;
  beforeAll(async () => {
    world = await startReconcileWorld({ entities: ENTITIES });
    drifted = await world.drift(ENTITIES / 100);
  }, 120_000);
  afterAll(() => world.close());

  it('finds every difference and invents none, while live events flow', async () => {
    const flow = world.pipeline.opencti.play(
      // Values of their own: what happens to them must not mend what is to be found.
      generateFeed({ events: 1_000_000, entities: 200_000, seed: 77, types: ['Email-Addr'] }),
      { ratePerSecond: 50 },
    );
    try {
      const report = await world.reconcile();
      expect(found(report)).toEqual(drifted);
      expect(report.counts).toMatchObject({ repaired: 0, deleted: 0 });
    } finally {
      flow.stop();
      await flow.finished;
    }
  });

  it('ends all of it by --apply, and finds nothing the second time', async () => {
    const first = await world.reconcile(['--apply']);
    expect(found(first)).toEqual(drifted);
    await world.pipeline.quiet();
    const second = await world.here({ apply: true });
    expect(second.findings).toEqual([]);
    expect(differences(await world.pipeline.compare())).toEqual(NONE);
  });
});
