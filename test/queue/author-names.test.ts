import { createAuthorNames } from '@xsoar-intel/pipeline';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { NOTHING, openWorld, state } from './world.ts';

const AUTHOR = 'identity--10994d1d-1852-5421-ba2a-133eaedccaf6';
const OTHER = 'identity--20994d1d-1852-5421-ba2a-133eaedccaf6';
const DAY = 24 * 3_600_000;
const BOUNDS = { awaitedMax: 3, namesMax: 4, nameTtlMs: DAY };
let server: TestRedis;
let world: ReturnType<typeof openWorld>;
let names: ReturnType<typeof createAuthorNames>;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  world = openWorld(server.url);
  names = createAuthorNames(world.redis, world.keys, BOUNDS);
});
afterEach(() => world.close());

const nameless = (entityId: string, version = '10-0') => ({
  entityId,
  version,
  payload: `{"of":"${entityId} ${version}"}`,
});

/** Delivers an entity's state, with one value. */
async function deliver(entityId: string, version = '10-0') {
  await world.slots.put([state(entityId, version)]);
  await world.slots.begin(entityId, 'token', 'job');
  await world.slots.settle(entityId, 'token', version, { ...NOTHING, bound: ['key'] });
}

it('an entity that went without the name is dirty again, in the state that it had', async () => {
  expect(await names.awaitName(AUTHOR, nameless('a'))).toEqual({ kind: 'noted' });
  await deliver('a');
  expect(await names.wanted(Date.now(), 10)).toEqual([AUTHOR]);
  expect(await names.awaiting(AUTHOR, 10)).toEqual(['a']);
  expect(await names.refresh(AUTHOR, 'a')).toBe('queued');
  expect(await world.slots.begin('a', 'next', 'job')).toMatchObject({
    kind: 'leased',
    version: '10-0',
    operation: 'upsert',
    payload: '{"of":"a 10-0"}',
    force: false,
  });
  expect(await world.redis.zscore(world.keys.pending, 'a')).not.toBeNull();
  expect(await names.drop(AUTHOR, 0)).toBe(0);
  expect(await names.wanted(Date.now(), 10)).toEqual([]);
  expect(await world.redis.hlen(world.keys.authorsPayloads)).toBe(0);
});

it('it waits for the push that is under way, whose settle would clear it away', async () => {
  await world.slots.put([state('a', '10-0')]);
  await world.slots.begin('a', 'token', 'job');
  await names.awaitName(AUTHOR, nameless('a'));
  expect(await names.refresh(AUTHOR, 'a')).toBe('busy');
  await world.slots.settle('a', 'token', '10-0', { ...NOTHING, bound: ['key'] });
  expect(await names.refresh(AUTHOR, 'a')).toBe('queued');
});

it('a newer state, delivered or not, and a removal need no refresh', async () => {
  for (const entity of ['a', 'b', 'c']) {
    await names.awaitName(AUTHOR, nameless(entity));
    await deliver(entity);
  }
  await deliver('a', '11-0');
  await world.slots.put([state('b', '11-0')]);
  await world.slots.put([state('c', '12-0', 'delete')]);
  await world.slots.begin('c', 'token', 'job');
  await world.slots.settle('c', 'token', '12-0', NOTHING);
  for (const entity of ['a', 'b', 'c']) {
    expect([entity, await names.refresh(AUTHOR, entity)]).toEqual([entity, 'over']);
  }
  expect(await world.redis.hget(world.keys.slot('b'), 'v')).toBe('11-0');
  expect(await world.redis.exists(world.keys.slot('a'), world.keys.slot('c'))).toBe(0);
});

it('a name that is known after all is returned, and wakes those that wait for it', async () => {
  await names.awaitName(AUTHOR, nameless('a'));
  await names.drop(OTHER, Date.now() + 60_000);
  await names.learn([
    [AUTHOR, 'Northwind CERT'],
    ['identity--never-wanted', 'x'],
  ]);
  expect(await names.awaitName(AUTHOR, nameless('b'))).toEqual({
    kind: 'known',
    name: 'Northwind CERT',
  });
  expect(await names.wanted(Date.now(), 10)).toEqual([AUTHOR]);
  expect(await names.known([OTHER, AUTHOR])).toEqual(new Map([[AUTHOR, 'Northwind CERT']]));
});

it('that there is no such name is believed for a while, and nobody waits for it', async () => {
  await names.awaitName(AUTHOR, nameless('a'));
  await names.awaitName(OTHER, nameless('b'));
  expect(await names.drop(AUTHOR, Date.now() + 60_000)).toBe(1);
  expect(await names.awaitName(AUTHOR, nameless('c'))).toEqual({ kind: 'unknown' });
  expect(await names.awaiting(AUTHOR, 10)).toEqual([]);
  expect(await names.awaiting(OTHER, 10)).toEqual(['b']);
  expect(await world.redis.hkeys(world.keys.authorsPayloads)).toEqual(['b']);
  await names.drop(AUTHOR, Date.now() - 1);
  expect(await names.awaitName(AUTHOR, nameless('c'))).toEqual({ kind: 'noted' });
});

it('no more entities wait than the limit; one that waits already may come again', async () => {
  for (const entity of ['a', 'b', 'c']) await names.awaitName(AUTHOR, nameless(entity));
  expect(await names.awaitName(AUTHOR, nameless('d'))).toEqual({ kind: 'full' });
  expect(await names.awaitName(AUTHOR, nameless('a', '11-0'))).toEqual({ kind: 'noted' });
  expect(await world.redis.zcard(world.keys.authorsAwaited)).toBe(3);
});

const ids = async () => (await world.redis.hkeys(world.keys.authors)).sort();
/** As if a name had been learnt last so long ago. */
const age = (author: string, ms: number) =>
  world.redis.zadd(world.keys.authorsLearnt, Date.now() - ms, author);

it('beyond the limit the names that were learnt longest ago go', async () => {
  await names.learn(['a', 'b', 'c', 'd'].map((author) => [author, 'x']));
  for (const [index, author] of ['b', 'c', 'a', 'd'].entries()) await age(author, 9_000 - index);
  await names.learn([
    ['b', 'again'],
    ['e', 'x'],
  ]);
  expect(await ids()).toEqual(['a', 'b', 'd', 'e']);
  expect(await names.known(['b', 'c'])).toEqual(new Map([['b', 'again']]));
  expect(await world.redis.zcard(world.keys.authorsLearnt)).toBe(4);
});

it('a name that was not learnt anew for long goes, and is wanted again when it is met', async () => {
  await names.learn([
    [AUTHOR, 'old'],
    [OTHER, 'new'],
  ]);
  await age(AUTHOR, DAY + 1_000);
  await age(OTHER, DAY / 2);
  await names.learn([['a', 'x']]);
  expect(await ids()).toEqual(['a', OTHER].sort());
  expect(await names.awaitName(AUTHOR, nameless('a'))).toEqual({ kind: 'noted' });
});

it('names that an earlier version stored, without a time, stay and are bounded from now on', async () => {
  await world.redis.hset(world.keys.authors, { a: '1', b: '2', c: '3' });
  await names.learn([['d', '4']]);
  expect(await ids()).toEqual(['a', 'b', 'c', 'd']);
  await age('b', DAY + 1_000);
  await names.learn([['d', '4']]);
  expect(await ids()).toEqual(['a', 'c', 'd']);
});
