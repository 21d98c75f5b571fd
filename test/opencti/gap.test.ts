import { afterEach, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { indicator, startWorld, type World } from './world.ts';

const CATCH_UP = { startAt: null, recoverUntil: 'now' } as const;
const OFF = { startAt: null, recoverUntil: null };
const GAPS = 'xsoar_intel_stream_gaps_total';
let world: World;
afterEach(() => world.close());

const create = (n: number, at = Date.now()) =>
  world.opencti.append({ kind: 'create', object: indicator(n, at) });
const reads = (count: number) =>
  until(`${count} are read`, async () => (await world.read()).length === count);

/** Reads three events, then leaves while twelve more come, of which OpenCTI keeps the last five. */
async function away(first: typeof CATCH_UP | typeof OFF) {
  world = await startWorld({ retention: 5 });
  for (const n of [1, 2, 3]) create(n);
  const before = world.ingest(first);
  await reads(3);
  await until('the cursor is saved, the catch-up over', async () =>
    /^\d+-\d+$/.test(await world.cursor.read()),
  );
  expect(await before.metric(GAPS)).toBe(0);
  await before.ingest.stop();
  // The cursor of one that read an event, not of one that was idle for a minute.
  await world.redis.set(world.keys.cursor, world.opencti.stats().events.lastId);
  for (let n = 4; n <= 15; n += 1) create(n);
}

it('a first start with a catch-up reads all, and then the border of it once more', async () => {
  world = await startWorld({ retention: 2 });
  for (let n = 1; n <= 9; n += 1) create(n, Date.now() - 3_600_000);
  const { said, metric, lines } = world.ingest(CATCH_UP);
  await reads(9);
  const [over] = await until('it is over', () => {
    const found = said('caught up; reading on');
    return found.length > 0 ? found : null;
  });
  expect(over).toMatchObject({ objects: 9 });
  expect(lines).toContainEqual(expect.objectContaining({ state: 'catching-up' }));
  await until('it is live', async () => (await world.status())?.state === 'live');
  // The border lies before the oldest event, which is no gap: it was caught up.
  expect(await metric(GAPS)).toBe(0);
  expect(world.opencti.stats().connectionsOpened).toBe(2);
  expect(said('deletes are not part of that')).toHaveLength(1);
});

it('a cursor older than the oldest event is said loudly and caught up from its date', async () => {
  await away(CATCH_UP);
  const { said, metric } = world.ingest(CATCH_UP);
  await reads(15);
  await until('it is over', () => said('caught up; reading on').length === 1);
  expect(await metric(GAPS)).toBe(1);
  const [line] = said('no longer has the events after the cursor');
  expect(line).toMatchObject({ level: 'error', gap: 'trimmed' });
  expect(line?.msg).toMatch(
    /Deletes of that time cannot be caught up: reconcile.*docs\/opencti.md/,
  );
  create(16);
  await reads(16);
  expect(await metric(GAPS)).toBe(1);
});

it('it is not caught up where that is switched off, but as loud', async () => {
  await away(OFF);
  const { said, metric } = world.ingest(OFF);
  await reads(8);
  expect(await metric(GAPS)).toBe(1);
  expect(said('is missed, since catching up is switched off')).toHaveLength(1);
  expect(await world.read()).toEqual([1, 2, 3, 11, 12, 13, 14, 15]);
});

it('a platform that does not catch up on this stream is taken at its word', async () => {
  await away(CATCH_UP);
  world.opencti.settings({ originFilters: true });
  const { said, metric } = world.ingest(CATCH_UP);
  await until('it is told', () => said('does not catch up on this stream').length === 1);
  create(16);
  await until('the new one is read', async () => (await world.read()).includes(16));
  expect(await metric(GAPS)).toBe(1);
  await until('its cursor is saved', async () => {
    const stored = await world.cursor.read();
    return stored === world.opencti.stats().events.lastId;
  });
});

it('a wiped stream whose ids begin before the cursor does not make it mute', async () => {
  let now = Date.now();
  world = await startWorld({ now: () => now });
  create(1, now);
  const { said, metric } = world.ingest(OFF);
  await reads(1);
  now -= 3_600_000;
  world.opencti.wipe();
  create(2, now);
  world.opencti.cut('reset');
  await reads(2);
  expect(said('ends before an event that was already read')).toMatchObject([{ gap: 'rewound' }]);
  // Then its beginning lies after the place: what was wiped is missed.
  await until('both are told', async () => (await metric(GAPS)) === 2);
  now += 1_000;
  create(3, now);
  await reads(3);
});

it('what the stream does is in Redis for others to show, and goes when nobody reads', async () => {
  world = await startWorld();
  const { ingest } = world.ingest(OFF);
  const live = await until('it is live', async () => {
    const status = await world.status();
    return status?.state === 'live' ? status : null;
  });
  expect(live).toMatchObject({ retryInMs: null, heldBack: null, catchUp: null });
  expect(live.leader).toMatch(/^.+:\d+$/);
  expect(live.since).toBeLessThanOrEqual(live.at);
  expect(await world.redis.pttl(world.keys.streamStatus)).toBeGreaterThan(0);
  await ingest.stop();
  expect(await world.status()).toMatchObject({ state: 'closed' });
});
