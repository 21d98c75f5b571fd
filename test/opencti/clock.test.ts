/** OpenCTI's clock is not ours: a catch-up date of ours may lie ahead of it. */
import { afterEach, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { indicator, startWorld, type World } from './world.ts';

const MINUTE = 60_000;
const TIMEOUT = { timeout: 60_000 };
let behindMs = 0;
let world: World;
afterEach(() => world.close());

const create = (n: number) =>
  world.opencti.append({ kind: 'create', object: indicator(n, world.opencti.now()) });
const connection = () => world.opencti.stats().connections[0];

/** Two objects at a platform ten minutes behind us, and an ingest that starts there as usual. */
async function firstStart(tellsDate: boolean, { originFilters = false } = {}) {
  behindMs = 10 * MINUTE;
  world = await startWorld({ now: () => Date.now() - behindMs, tellsDate });
  world.opencti.settings({ originFilters });
  for (const n of [1, 2]) create(n);
  const started = world.ingest({ startAt: null, recoverUntil: 'now' });
  await until('it is connected', () => connection() !== undefined);
  return started;
}

/** The third is created, the first is deleted: both are read. */
async function bothArrive() {
  await until('the new one is read', async () => (await world.read()).includes(3));
  const slot = world.keys.slot(`00000000-0000-4000-9000-${'1'.padStart(12, '0')}`);
  await until('the delete is read', async () => (await world.redis.hget(slot, 'op')) === 'delete');
  await until('it is live', async () => (await world.status())?.state === 'live');
  expect(await world.read()).toEqual([1, 2, 3]);
}

it(
  'what happens after a first start arrives at once, though the clock is behind ours',
  TIMEOUT,
  async () => {
    const { said } = await firstStart(true);
    create(3);
    world.opencti.append({ kind: 'delete', id: indicator(1, 0).id });
    await bothArrive();
    expect(said('lies ahead of the clock of OpenCTI')).toHaveLength(1);
  },
);

it(
  'it arrives at the latest when that clock has reached the date, where a proxy hides the clock',
  TIMEOUT,
  async () => {
    const { said } = await firstStart(false);
    create(3);
    world.opencti.append({ kind: 'delete', id: indicator(1, 0).id });
    // Nothing is sent until then but heartbeats, which must not be taken for the place.
    behindMs = 2 * MINUTE;
    const { id } = await until('it idles', () =>
      (connection()?.heartbeats ?? 0) > 9 ? connection() : null,
    );
    world.opencti.cut('reset');
    await until('it is back', () => connection() !== undefined && connection()?.id !== id);
    behindMs = 0;
    await bothArrive();
    expect(said('lies ahead of the clock of OpenCTI')).toEqual([]);
  },
);

it(
  'nothing is passed over where the catch-up is refused: the live part would begin at the date',
  TIMEOUT,
  async () => {
    const { said } = await firstStart(true, { originFilters: true });
    create(3);
    await until('the new one is read', async () => (await world.read()).includes(3));
    expect(said('does not catch up on this stream')).toHaveLength(1);
    expect(said('a gap in the stream')).toEqual([]);
  },
);
