import { readRunState } from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { type Drifted, found, type ReconcileWorld, startReconcileWorld } from './world.ts';

/** More than a page of what XSOAR lists. */
const ENTITIES = 650;
const DRIFT = 10;

let world: ReconcileWorld;
let drifted: Drifted;
beforeAll(async () => {
  world = await startReconcileWorld({ entities: ENTITIES });
  drifted = await world.drift(DRIFT);
}, 120_000);
afterAll(() => world.close());
beforeEach(() => {
  const { opencti, xsoar } = world.pipeline;
  return () => {
    opencti.faults.clear();
    opencti.start();
    opencti.setFilter({ types: ['indicator'] });
    xsoar.faults.clear();
    xsoar.behaviour({ searchAfter: 'works' });
  };
});

const repair = () => world.here({ apply: true, restart: true });
const deletes = (): number =>
  Object.values(world.pipeline.xsoar.stats().operations.delete ?? {}).reduce((a, b) => a + b, 0);

/** Runs it, and looks that it stopped with these words, without a delete or a delivery. */
async function stops(words: RegExp, run: () => Promise<unknown> = repair): Promise<void> {
  const before = deletes();
  await expect(run()).rejects.toThrow(words);
  expect((await world.pipeline.snapshot()).pending).toBe(0);
  expect(deletes()).toBe(before);
  const { xsoar } = world.pipeline;
  expect(drifted.extra.filter((value) => xsoar.get(value) === undefined)).toEqual([]);
}

describe('a listing that cannot be trusted stops the run, and nothing is deleted', () => {
  it('when a page of XSOAR fails in mid-walk', async () => {
    world.pipeline.xsoar.faults.add({
      ...{ operations: ['search'], value: 'searchAfter' },
      fault: { kind: 'status', status: 500 },
    });
    await stops(/HTTP 500/);
  });

  it.each([
    ['in mid-walk', 'searchAfter'],
    ['at once', '"sort"'],
  ])('when a page of XSOAR is empty %s', async (_when, value) => {
    world.pipeline.xsoar.faults.add({
      ...{ operations: ['search'], value },
      fault: {
        ...{ kind: 'status', status: 200, contentType: 'application/json' },
        body: '{"iocObjects":null,"total":0}',
      },
    });
    await stops(/an empty page after|finds nothing with the source/);
  });

  it('when the place to go on from has expired', async () => {
    const { xsoar, client, keys } = world.pipeline;
    xsoar.behaviour({ searchAfter: 'expired' });
    await stops(/expired/);
    // Whoever resumes it begins that listing anew, and does not ask for the place again.
    const state = await readRunState(client, keys);
    expect(state).toMatchObject({ phase: 'held', held: null, counts: { held: 0 } });
    expect(await client.exists(keys.reconcileList(state?.id ?? '', 'candidates'))).toBe(0);
  });

  it('when XSOAR does not listen to that place', async () => {
    world.pipeline.xsoar.behaviour({ searchAfter: 'ignored' });
    await stops(/ignores searchAfter/);
  });

  it('when OpenCTI lists nothing', async () => {
    world.pipeline.opencti.setFilter({ types: ['no-such-type'] });
    await stops(/it listed nothing, while \d+ indicators are known/, async () => {
      const { code, stderr } = await world.command(['reconcile', '--apply', '--yes', '--restart']);
      expect(code).toBe(1);
      expect(stderr).toMatch(/listing of OpenCTI cannot be trusted.*goes on from here/s);
      throw new Error(stderr);
    });
  });

  it('when the stream is stopped', async () => {
    world.pipeline.opencti.stop();
    await stops(/stream/);
  });

  it('when OpenCTI cannot be asked again', async () => {
    world.pipeline.opencti.faults.add({
      operations: ['graphql'],
      fault: { kind: 'status', status: 502 },
    });
    await stops(/502/);
  });
});

describe('a run that was stopped', () => {
  it('goes on after connections to OpenCTI were lost again and again', async () => {
    const { opencti } = world.pipeline;
    const cuts = setInterval(() => opencti.cut('reset'), 150);
    const stop = setTimeout(() => clearInterval(cuts), 1_500);
    const report = await world.here({ restart: true });
    clearTimeout(stop);
    clearInterval(cuts);
    expect(found(report)).toEqual(drifted);
  });
});

describe('deletes above the share', () => {
  it('are not made where nobody can be asked, and are by --yes', async () => {
    const little = { RECONCILE_MAX_DELETE_SHARE: '0.5%' };
    const { stdout, code } = await world.command(['reconcile', '--apply', '--json'], little);
    const report = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(report.deletesRefused).toContain('above the share');
    expect(report.counts).toMatchObject({ extra: 2 * DRIFT, deleted: 0 });
    await world.pipeline.quiet();
    const { xsoar } = world.pipeline;
    expect(drifted.extra.filter((value) => xsoar.get(value) === undefined)).toEqual([]);

    const second = await world.reconcile(['--apply', '--yes'], little);
    expect(second.counts).toMatchObject({ missing: 0, stale: 0, foreign: 0, extra: 2 * DRIFT });
    await until('all are deleted', () =>
      drifted.extra.every((value) => xsoar.get(value) === undefined),
    );
  });
});
