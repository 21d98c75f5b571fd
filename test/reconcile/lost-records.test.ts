import { entityIdOf } from '@xsoar-intel/opencti';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { type ReconcileWorld, startReconcileWorld, valueIn } from './world.ts';

const MULTI = 'indicator--0c9fd3ee-0000-5000-8000-000000000001';

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

it('calls a value stale, not too many, that lost one of those who stand behind it', async () => {
  const { pipeline } = world;
  const { opencti, xsoar } = pipeline;
  const byValue = Map.groupBy(
    [...opencti.state()].filter(({ type }) => type === 'indicator'),
    valueIn,
  );
  const shared = [...byValue].find(([value, some]) => value !== '' && some.length === 2);
  if (shared === undefined) throw new Error('some values are shared by two');
  const [value, [goes, stays]] = shared;
  const of = goes && entityIdOf(goes);
  await world.unread(() => {
    opencti.append({ kind: 'delete', id: of ?? '' });
  });
  const { findings, counts } = await world.here({
    apply: true,
    parts: (parts) => ({ ...parts, maxDeleteShare: 0, allowDeletes: async () => false }),
  });
  expect(findings).toMatchObject([{ kind: 'stale', value, entityId: of }]);
  expect(findings[0]?.fields).toContain('stixid');
  expect(counts).toMatchObject({ extra: 0, repaired: 1 });
  await pipeline.quiet();
  expect((await world.here()).findings).toEqual([]);
  expect(xsoar.get(value)?.CustomFields.stixid).toBe(stays?.id);
});

it('finds of several values of one indicator each that is wrong, and mends them by one delivery', async () => {
  const { pipeline } = world;
  const { opencti, xsoar } = pipeline;
  const [any] = [...opencti.state()].filter(({ type }) => type === 'indicator');
  const values = ['one.example', 'two.example', 'three.example'];
  const pattern = `[${values.map((value) => `domain-name:value = '${value}'`).join(' OR ')}]`;
  opencti.append({ kind: 'update', object: { ...any, id: MULTI, type: 'indicator', pattern } });
  await until('all are in XSOAR', () => values.every((value) => xsoar.get(value)));
  await pipeline.quiet();
  xsoar.analystEdit({
    value: 'one.example',
    score: (Number(xsoar.get('one.example')?.score) + 1) % 4,
  });
  await world.client.batchDelete([xsoar.get('two.example')?.id ?? ''], 'by an administrator');
  const { findings, counts, notes } = await world.here({
    apply: true,
    // As if the ingest had been told to begin later.
    parts: (parts) => ({ ...parts, startAt: Date.now() + 60_000 }),
  });
  expect(notes.join()).toContain(
    '1 of the missing changed last before CONNECTOR_LIVE_STREAM_START',
  );
  expect(findings.map(({ kind, value }) => [kind, value]).sort()).toEqual([
    ['foreign', 'one.example'],
    ['missing', 'two.example'],
  ]);
  expect(counts.repaired).toBe(1);
  await pipeline.quiet();
  expect((await world.here()).findings).toEqual([]);
});

it('invents nothing where all records were lost: OpenCTI and XSOAR know enough', async () => {
  const { client, keys } = world.pipeline;
  await client.del(keys.bindings, keys.values);
  const { findings } = await world.here();
  expect(findings).toEqual([]);
});

it('believes no OpenCTI that lists nothing, though our own records were lost as well', async () => {
  const { opencti, client, keys } = world.pipeline;
  await client.del(keys.bindings, keys.values);
  opencti.setFilter({ types: ['no-such-type'] });
  const empty = world.here({ apply: true, restart: true });
  await expect(empty).rejects.toThrow(/listed nothing, while XSOAR holds \d+ objects/);
  opencti.setFilter({ types: ['indicator'] });
  // The same run goes on with a new listing.
  expect(await world.here({ apply: true })).toMatchObject({ findings: [], counts: { deleted: 0 } });
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
