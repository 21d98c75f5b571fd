/** Indicators that are sent ahead of something that refers to them. */
import type { StixObject } from '@xsoar-intel/opencti';
import { afterEach, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { indicator, startWorld, type World } from './world.ts';

const HOUR = 3_600_000;
let world: World;
afterEach(() => world.close());

/** A relation between two indicators. */
function relation(from: StixObject, to: StixObject, updatedMs: number): StixObject {
  const base = indicator(900, updatedMs);
  return {
    ...base,
    id: 'relationship--00000000-0000-4000-8000-000000000900',
    type: 'relationship',
    relationship_type: 'derived-from',
    source_ref: from.id,
    target_ref: to.id,
  };
}

it('one outside the filter, sent live because relations were asked for, does not go to XSOAR', async () => {
  world = await startWorld({ filter: { types: ['indicator'], revoked: false } });
  const now = Date.now();
  const [outside, inside] = [indicator(1, now, { revoked: true }), indicator(2, now)];
  for (const object of [outside, inside, relation(inside, outside, now)]) {
    world.opencti.append({ kind: 'create', object });
  }
  const { metric } = world.ingest(
    { startAt: null, recoverUntil: null },
    { stream: { noDependencies: false } },
  );
  await until('the one inside is read', async () => (await world.read()).includes(2));
  world.opencti.append({ kind: 'create', object: indicator(3, now) });
  await until('a later one is read', async () => (await world.read()).includes(3));
  expect(await world.read()).toEqual([2, 3]);
  expect(world.opencti.stats().connections[0]?.dependencies).toBeGreaterThan(0);
  expect(
    await metric('xsoar_intel_events_total{type="create",outcome="dependency"}'),
  ).toBeGreaterThan(0);
});

it('one that a catch-up sends only ahead of an older relation is read', async () => {
  world = await startWorld({ filter: { types: ['indicator', 'relationship'] } });
  const at = Date.now() - HOUR;
  // The relation was changed last before its ends were.
  const [one, two] = [indicator(1, at + 2), indicator(2, at + 3)];
  for (const object of [one, two, relation(one, two, at)]) {
    world.opencti.append({ kind: 'create', object });
  }
  // The live part does not have them any more.
  world.opencti.wipe({ empty: true });
  world.ingest({ startAt: null, recoverUntil: 'now' });
  await until('both are read', async () => (await world.read()).length === 2);
});
