import { afterAll, beforeAll, expect, it } from 'vitest';
import { differences, NONE } from '../e2e/pipeline.ts';
import { found, type ReconcileWorld, startReconcileWorld } from './world.ts';

/** By which the analysts' own objects are known. */
const THEIRS = 'analysts';
const FORMER = 'OpenCTI of old';

let world: ReconcileWorld;
beforeAll(async () => {
  world = await startReconcileWorld({ entities: 60 });
  const { client } = world;
  for (const [value, source, n] of [
    ['old-0.example', FORMER, 0],
    ['old-1.example', FORMER, 1],
    ['theirs.example', THEIRS, 2],
  ] as const) {
    const stixid = `indicator--00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
    await client.create({
      ...{ value, indicator_type: 'Domain', score: 2, source },
      CustomFields: { stixid, tags: [] },
    });
  }
}, 120_000);
afterAll(() => world.close());

it('does not look at what was written under another source, unless it is told the name', async () => {
  expect(found(await world.here()).extra).toEqual([]);
  const { stdout, code } = await world.command(['reconcile', '--json', '--former-source', FORMER]);
  const report = JSON.parse(stdout);
  expect(found(report)).toMatchObject({
    ...{ missing: [], stale: [], foreign: [] },
    extra: ['old-0.example', 'old-1.example'],
  });
  expect(code).toBe(1);
});

it('deletes of it what nobody stands behind, and leaves all others alone', async () => {
  const { pipeline } = world;
  const { xsoar } = pipeline;
  const report = await world.here({ apply: true, formerSources: [FORMER] });
  expect(report.counts).toMatchObject({ extra: 2, deleted: 2 });
  await pipeline.quiet();
  expect(xsoar.get('old-0.example')).toBeUndefined();
  expect(xsoar.get('old-1.example')).toBeUndefined();
  expect(xsoar.get('theirs.example')).toBeDefined();
  const { missing, stale } = differences(await pipeline.compare());
  expect({ missing, stale }).toEqual({ missing: NONE.missing, stale: NONE.stale });
});

it('finds stale what is wanted, but still says the former source, and has it renamed', async () => {
  const { pipeline, client } = world;
  const [object] = [...pipeline.xsoar.objects()].filter(({ source }) => source !== THEIRS);
  if (object === undefined) throw new Error('none');
  await client.edit({ ...object, source: FORMER });
  const report = await world.here({ apply: true, formerSources: [FORMER] });
  expect(report.counts).toMatchObject({ missing: 0, extra: 0 });
  expect(report.findings).toMatchObject([{ value: object.value, fields: ['source'] }]);
  await pipeline.quiet();
  expect(pipeline.xsoar.get(object.value)?.source).not.toBe(FORMER);
});
