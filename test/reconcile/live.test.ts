/**
 * What happens to the compared set itself while it is compared, on a platform whose clock is a
 * minute behind ours. The seed is in the name of the test that draws; to replay one:
 * RECONCILE_SEED=<seed> vitest run test/reconcile/live.test.ts
 */
import { entityIdOf } from '@xsoar-intel/opencti';
import type { ReconcileParts } from '@xsoar-intel/pipeline';
import { createRandom, generateFeed, type StixObject } from '@xsoar-intel/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { differences, NONE } from '../e2e/pipeline.ts';
import { until } from '../support/until.ts';
import { type ReconcileWorld, startReconcileWorld, valueIn } from './world.ts';

const SEED = Number(process.env.RECONCILE_SEED ?? Date.now() % 1_000_000);
const OPENCTI_EXTENSION = 'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba';
const behind = (): number => Date.now() - 60_000;

let world: ReconcileWorld;
beforeAll(async () => {
  world = await startReconcileWorld({
    ...{ entities: 150, now: behind },
    opencti: { now: behind },
  });
}, 120_000);
afterAll(() => world.close());

/** Indicators that are in XSOAR, in one order. */
function indicators(): StixObject[] {
  const { opencti, xsoar } = world.pipeline;
  return [...opencti.state()].filter(
    (object) => object.type === 'indicator' && xsoar.get(valueIn(object)) !== undefined,
  );
}

/** A newer version, as the platform makes one. */
function changed(object: StixObject, change: Record<string, unknown>): StixObject {
  const updated_at = new Date(behind()).toISOString();
  const extensions = Object(object.extensions);
  return {
    ...{ ...object, modified: updated_at, ...change },
    extensions: {
      ...extensions,
      [OPENCTI_EXTENSION]: { ...extensions[OPENCTI_EXTENSION], updated_at },
    },
  };
}

const update = (object: StixObject, change: Record<string, unknown>): string =>
  world.pipeline.opencti.append({ kind: 'update', object: changed(object, change) }) ?? '';

/** A change of which nothing is written to XSOAR. */
const elsewhere = ({ modified }: StixObject) => ({ modified, lang: 'fr' });

/** Does something just before the first search of a run: of all, or of the listing of XSOAR. */
function before(which: 'looks' | 'listing', act: () => unknown) {
  let done: Promise<unknown> | null = null;
  return (parts: ReconcileParts): ReconcileParts => ({
    ...parts,
    xsoar: {
      async search(request, signal) {
        if (which === 'looks' || request.sort !== undefined) {
          done ??= Promise.resolve(act());
          await done;
        }
        return parts.xsoar.search(request, signal);
      },
    },
  });
}

/** Its delivery is over: what is applied of it is this event. */
const isApplied = async (object: StixObject, eventId: string): Promise<boolean> => {
  const { client, keys } = world.pipeline;
  const binding = await client.hget(keys.bindings, entityIdOf(object) ?? '');
  return binding?.includes(`"${eventId}"`) ?? false;
};

it('deletes nothing that came to be after the listing, though our clock is ahead', async () => {
  const { opencti, xsoar } = world.pipeline;
  const feed = generateFeed({ entities: 1, seed: 4_711, types: ['Email-Addr'], now: behind });
  const [created] = [...feed].filter(({ kind }) => kind === 'create');
  if (created?.kind !== 'create') throw new Error('the feed creates one');
  const value = created.expects?.values[0]?.value ?? '';
  const { findings, counts } = await world.here({
    apply: true,
    parts: before('listing', async () => {
      opencti.append(created);
      await until('it is in XSOAR', () => xsoar.get(value));
    }),
  });
  expect(findings).toEqual([]);
  expect(counts).toMatchObject({ changed: 1, deleted: 0 });
});

it('asks the stream a second time for what it did not list', async () => {
  const { opencti } = world.pipeline;
  const isLow = (object: StixObject): boolean =>
    Number(Object(object.extensions)[OPENCTI_EXTENSION]?.score ?? 0) < 50;
  const low = indicators().filter(isLow).length;
  opencti.setFilter({ types: ['indicator'], minScore: 50 });
  const dropped = await world.here({
    apply: true,
    parts: before('listing', () => opencti.setFilter({ types: ['indicator'] })),
  });
  expect(dropped.findings).toEqual([]);
  expect(dropped.counts.settled).toBe(low);

  opencti.setFilter({ types: ['indicator'], minScore: 50 });
  const { counts, findings } = await world.here();
  opencti.setFilter({ types: ['indicator'] });
  expect([low, counts.extra]).toEqual([expect.any(Number), low]);
  expect(low).toBeGreaterThan(10);
  expect(new Set(findings.map(({ reason }) => reason))).toEqual(new Set(['left-stream']));
});

it('finds what is wrong in XSOAR though the indicator changes in what XSOAR does not have', async () => {
  const { xsoar } = world.pipeline;
  const [edited, gone] = indicators();
  if (edited === undefined || gone === undefined) throw new Error('there are two');
  const score = (Number(xsoar.get(valueIn(edited))?.score) + 1) % 4;
  xsoar.analystEdit({ value: valueIn(edited), score });
  await world.client.batchDelete([xsoar.get(valueIn(gone))?.id ?? ''], 'by an administrator');
  const { findings } = await world.here({
    apply: true,
    parts: before('looks', async () => {
      for (const object of [edited, gone]) {
        const eventId = update(object, elsewhere(object));
        await until('it is applied', () => isApplied(object, eventId));
      }
    }),
  });
  expect(findings.map(({ kind, value }) => [kind, value]).sort()).toEqual([
    ['foreign', valueIn(edited)],
    ['missing', valueIn(gone)],
  ]);
  await world.pipeline.quiet();
  expect(differences(await world.pipeline.compare())).toEqual(NONE);
});

it('finds what moved behind the end of the listing before that came to it', async () => {
  const { xsoar } = world.pipeline;
  const [edited] = indicators();
  if (edited === undefined) throw new Error('there is one');
  const score = (Number(xsoar.get(valueIn(edited))?.score) + 1) % 4;
  xsoar.analystEdit({ value: valueIn(edited), score });
  let asked = 0;
  const { findings } = await world.here({
    apply: true,
    parts: (parts) => ({
      ...parts,
      now() {
        asked += 1;
        // The end of the listing is known, and the listing not begun.
        if (asked === 2) update(edited, elsewhere(edited));
        return parts.now();
      },
    }),
  });
  expect(findings).toMatchObject([{ kind: 'foreign', value: valueIn(edited) }]);
  await world.pipeline.quiet();
});

it('asks once more for a repair that met a push under way', async () => {
  const { xsoar, client, keys } = world.pipeline;
  const [gone] = indicators();
  if (gone === undefined) throw new Error('there is one');
  await world.client.batchDelete([xsoar.get(valueIn(gone))?.id ?? ''], 'by an administrator');
  const { counts } = await world.here({
    apply: true,
    parts: before('listing', () => {
      const lease = { lt: 'a push', lx: Date.now() + 1_000 };
      return client.hset(keys.slot(entityIdOf(gone) ?? ''), lease);
    }),
  });
  expect(counts).toMatchObject({ missing: 1, repaired: 1, inFlight: 0 });
  await until('it is in XSOAR', () => xsoar.get(valueIn(gone)));
  await world.pipeline.quiet();
});

it('calls nothing stale or too many that the ingest has not read', async () => {
  const { opencti } = world.pipeline;
  const [first, second] = indicators();
  if (first === undefined || second === undefined) throw new Error('there are two');
  await world.stopIngest();
  update(first, { confidence: 12, labels: ['unread'] });
  opencti.append({ kind: 'delete', id: entityIdOf(second) ?? '' });
  const { findings, counts, notes } = await world.here({ apply: true });
  expect(findings).toEqual([]);
  expect(counts).toMatchObject({ inFlight: 2, repaired: 0 });
  expect(notes.join()).toContain('has not read all that was in the stream');
  await world.startIngest();
  await world.pipeline.quiet();
  expect((await world.here()).findings).toEqual([]);
});

it('takes no answer without an object for a delete, where the stream listed it', async () => {
  const [listed] = indicators();
  await world.client.create({
    ...{ value: 'another.example', indicator_type: 'Domain', score: 2 },
    source: String(listed && world.pipeline.xsoar.get(valueIn(listed))?.source),
    CustomFields: { stixid: listed?.id ?? '', tags: [] },
  });
  const silent = await world.here({
    apply: true,
    parts: (parts) => ({ ...parts, opencti: { stixObject: async () => null } }),
  });
  expect(silent.findings).toEqual([]);
  expect(silent.counts).toMatchObject({ changed: 1, deleted: 0 });

  const { findings } = await world.here({ apply: true });
  expect(findings).toMatchObject([{ value: 'another.example', reason: 'not-named' }]);
  await world.client.batchDelete(
    [world.pipeline.xsoar.get('another.example')?.id ?? ''],
    'the end of the test',
  );
});

it(`invents nothing and mends everything while the set changes (RECONCILE_SEED=${SEED})`, async () => {
  const { opencti, xsoar } = world.pipeline;
  const random = createRandom(SEED);
  const victims = indicators().slice(0, 6);
  const wrong = new Set(victims.map(valueIn));
  const [gone, edited] = [victims.slice(0, 3), victims.slice(3)];
  await world.client.batchDelete(
    gone.map((object) => xsoar.get(valueIn(object))?.id ?? ''),
    'by an administrator',
  );
  for (const value of edited.map(valueIn)) {
    xsoar.analystEdit({ value, score: (Number(xsoar.get(value)?.score) + 1) % 4 });
  }
  const deleted: StixObject[] = [];
  function change(): void {
    const object = random.pick([...opencti.state()].filter(({ type }) => type === 'indicator'));
    const back = deleted.pop();
    if (back !== undefined && random.chance(0.5)) {
      opencti.append({ kind: 'create', object: changed(back, {}) });
    } else if (random.chance(0.2)) {
      opencti.append({ kind: 'delete', id: entityIdOf(object) ?? '' });
      deleted.push(object);
    } else if (random.chance(0.5)) update(object, { labels: [`live-${random.below(100)}`] });
    else update(object, elsewhere(object));
  }
  const flow = setInterval(change, 20);
  try {
    for (let run = 0; run < 3; run += 1) {
      const { findings } = await world.here();
      expect(findings.filter(({ value }) => !wrong.has(value))).toEqual([]);
    }
    await world.here({ apply: true });
  } finally {
    clearInterval(flow);
  }
  await world.pipeline.quiet();
  await world.here({ apply: true });
  await world.pipeline.quiet();
  expect((await world.here()).findings).toEqual([]);
  expect(differences(await world.pipeline.compare())).toEqual(NONE);
}, 60_000);

it('deletes nothing that changes between its finding and its delete', async () => {
  const { opencti, xsoar } = world.pipeline;
  const scoreOf = (object: StixObject): number =>
    Number(Object(object.extensions)[OPENCTI_EXTENSION]?.score ?? -1);
  const low = indicators().sort((a, b) => scoreOf(a) - scoreOf(b));
  const minScore = (low[4] === undefined ? 0 : scoreOf(low[4])) + 1;
  const dropped = low.filter((object) => scoreOf(object) < minScore);
  const [early, late] = dropped;
  if (early === undefined || late === undefined) throw new Error('there are two');
  opencti.setFilter({ types: ['indicator'], minScore });
  await world.stopIngest();
  // After what was found about it by the first and by the second listing; nobody reads of it.
  const due = new Map([
    ['recheck', early],
    ['relist', late],
  ]);
  const { findings, counts } = await world.here({
    apply: true,
    parts: (parts) => ({
      ...parts,
      onProgress({ phase }) {
        const object = due.get(phase);
        if (object !== undefined && due.delete(phase)) update(object, { labels: ['late'] });
      },
    }),
  });
  opencti.setFilter({ types: ['indicator'] });
  expect(findings.length).toBe(dropped.length - 1);
  expect(findings.map(({ value }) => value)).not.toContain(valueIn(early));
  expect(counts).toMatchObject({ changed: 1, deleted: dropped.length - 2 });
  const { client, keys } = world.pipeline;
  await until('the others are deleted', async () => (await client.zcard(keys.pending)) === 0);
  expect([early, late].map((object) => xsoar.get(valueIn(object)))).not.toContain(undefined);
});
