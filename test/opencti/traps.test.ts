import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { indicator, startWorld, type World } from './world.ts';

const HISTORY = { startAt: null, recoverUntil: null };
const AUTHOR = 'identity--10994d1d-1852-5421-ba2a-133eaedccaf6';
let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(() => world.close());

const append = (kind: 'create' | 'update', n: number, more: object = {}) =>
  world.opencti.append({ kind, object: indicator(n, Date.now(), more) }) ?? '';
const operation = (n: number) =>
  world.redis.hget(world.keys.slot(`00000000-0000-4000-9000-${String(n).padStart(12, '0')}`), 'op');
const reads = (...numbers: number[]) =>
  until(`${numbers.join()} are read`, async () => {
    const read = await world.read();
    return numbers.every((n) => read.includes(n));
  });

it('a connection lost between a dependency, heartbeats and their main event loses no event', async () => {
  world.opencti.append({
    kind: 'reference',
    object: { ...indicator(0, Date.now()), id: AUTHOR, type: 'identity', name: 'Northwind' },
  });
  const first = append('create', 1);
  world.ingest(HISTORY);
  await reads(1);
  world.opencti.settings({ pauseBeforeMain: true });
  append('create', 2, { created_by_ref: AUTHOR });
  await until('its author came', () => world.redis.hexists(world.keys.authors, AUTHOR));
  const beats = () => world.opencti.stats().connections[0]?.heartbeats ?? 0;
  const before = beats();
  await until('heartbeats with its id came', () => beats() >= before + 3);
  expect(await world.cursor.read()).toBe(first);
  world.opencti.cut('reset');
  world.opencti.settings({ pauseBeforeMain: false });
  await reads(2);
});

it('a batch that is sent again, with ids that go back, changes nothing', async () => {
  for (let n = 1; n <= 9; n += 1) append('create', n);
  world.ingest(HISTORY);
  await reads(1, 9);
  const { lastId } = world.opencti.stats().events;
  world.opencti.resend(5);
  append('create', 10);
  await reads(10);
  const newest = world.opencti.stats().events.lastId;
  expect(newest).not.toBe(lastId);
  await until('the cursor is at the end', async () => (await world.cursor.read()) === newest);
});

it('what leaves the stream’s filter is deleted and what enters it is created, whatever its JSON says', async () => {
  world.opencti.setFilter({ types: ['indicator'], revoked: false });
  append('create', 1);
  append('create', 2, { revoked: true });
  world.ingest(HISTORY);
  await reads(1);
  expect(await operation(1)).toBe('upsert');
  append('update', 1, { revoked: true });
  append('update', 2, { revoked: false });
  await until('it left', async () => (await operation(1)) === 'delete');
  await until('it entered', async () => (await operation(2)) === 'upsert');
});

it('what was merged away is deleted, though no other event tells of it', async () => {
  for (const n of [1, 2, 3]) append('create', n);
  world.ingest(HISTORY);
  await reads(1, 2, 3);
  world.opencti.append({
    kind: 'merge',
    object: indicator(1, Date.now(), { labels: ['merged'] }),
    sources: [indicator(2, 0).id, indicator(3, 0).id],
  });
  await until('both are gone', async () => (await operation(3)) === 'delete');
  expect([await operation(1), await operation(2)]).toEqual(['upsert', 'delete']);
});

it('after an error event, whose heartbeats go on with a frozen id, the stream is read anew', async () => {
  append('create', 1);
  const { said } = world.ingest(HISTORY);
  await reads(1);
  world.opencti.breakConnections('the database is away');
  append('create', 2);
  await reads(2);
  expect(said('gave up on this connection: the database is away')).toMatchObject([
    { level: 'warn', state: 'waiting' },
  ]);
});

it('OpenCTI that limits GraphQL (429) is told of the connector again, and the stream is read meanwhile', async () => {
  append('create', 1);
  const { said } = world.ingest(HISTORY);
  await reads(1);
  await until('it is registered', () => said('registered in OpenCTI').length === 1);
  const fault = world.opencti.faults.add({
    operations: ['graphql'],
    fault: { kind: 'status', status: 429, retryAfter: 1 },
  });
  const lost = await until('it is told', () => said('does not show this connector as alive')[0]);
  expect(lost).toMatchObject({ level: 'warn', reason: expect.stringContaining('429') });
  append('create', 2);
  await reads(2);
  world.opencti.faults.remove(fault);
  await until('it is heard again', () => said('OpenCTI hears the connector again').length === 1);
});

it('names of events that are not known are counted and change nothing', async () => {
  append('create', 1);
  const { metric } = world.ingest(HISTORY);
  await reads(1);
  // consumer_metrics comes after each heartbeat, with an id and without data of ours.
  const ignored = 'xsoar_intel_events_total{type="ignored",outcome="no-state"}';
  await until('some are counted', async () => Number(await metric(ignored)) > 2);
  expect(await metric('xsoar_intel_events_rejected_total{reason="no-data"}')).toBe(0);
});

it('a catch-up that is interrupted goes on where it was, though many objects share one id', async () => {
  await world.close();
  world = await startWorld({ retention: 1 });
  const at = Date.now() - 3_600_000;
  for (let n = 1; n <= 400; n += 1) {
    world.opencti.append({ kind: 'create', object: indicator(n, at + Math.floor(n / 100)) });
  }
  const { said } = world.ingest(
    { startAt: null, recoverUntil: 'now' },
    {
      waterMarks: { pendingHigh: 150, pendingLow: 10, memoryHigh: 0.9, memoryLow: 0.8 },
      batchSize: 20,
    },
  );
  await until('it is held back', () => said('backpressure: the stream is not read').length > 0);
  await until('its cursor has the date', async () => (await world.cursor.read()).includes(' '));
  world.opencti.cut('reset');
  const seen = new Set<number>();
  await until('all are read', async () => {
    for (const n of await world.take()) seen.add(n);
    return seen.size === 400;
  });
  await until('it is over', () => said('caught up; reading on').length === 1);
});

it('an error that GraphQL tells with HTTP 200 is one, and stops nothing but the sign of life', async () => {
  const id = append('create', 1);
  await world.cursor.move('', `${Number.parseInt(id, 10) - 1}-0`);
  world.opencti.settings({ capabilities: ['TAXIIAPI'] });
  const { said } = world.ingest(HISTORY);
  await reads(1);
  const line = await until('it is told', () => said('does not show this connector as alive')[0]);
  expect(line).toMatchObject({ level: 'warn', reason: expect.stringMatching(/FORBIDDEN_ACCESS/) });
});

it('a stop leaves the connector and its state in OpenCTI', async () => {
  append('create', 1);
  const { ingest } = world.ingest(HISTORY);
  const connector = () => world.opencti.connectors.get(world.connectorId);
  await until('OpenCTI holds the cursor', () => connector()?.state?.includes('start_from'));
  await ingest.stop();
  expect(connector()?.state).toContain('start_from');
  expect(world.opencti.stats().graphql.deleteConnector ?? 0).toBe(0);
});
