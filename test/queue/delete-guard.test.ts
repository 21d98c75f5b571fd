/** The guard against storms of deletes, as begin, sweep and resume know it. */
import {
  addDeliveries,
  createDeleteGuard,
  createSlots,
  type DeleteGuardSettings,
} from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bury } from '../support/dead-letters.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { NOTHING, openWorld, state, TIMES } from './world.ts';

let server: TestRedis;
let world: ReturnType<typeof openWorld>;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  world = openWorld(server.url);
  return () => world.close();
});

/** The slots of a worker with a guard; each has one of its own, the window is common. */
function guarded(settings: Partial<DeleteGuardSettings>, by = 'w1') {
  const guard = createDeleteGuard(
    world.redis,
    world.keys,
    { count: null, share: null, windowMs: 60_000, ...settings },
    { by, now: () => performance.now(), describe: (ms) => `${ms} ms` },
  );
  return createSlots(world.redis, world.keys, TIMES, guard);
}

const names = (count: number, prefix = 'e') =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const putDeletes = (entities: readonly string[], version = '5-0') =>
  world.slots.put(entities.map((entity) => state(entity, version, 'delete')));
const storm = async () =>
  (await world.holds.list()).find(({ kind }) => kind === 'delete-storm') ?? null;

describe('deletes', () => {
  it('pass up to the limit and not one more, however many workers begin at the same time', async () => {
    const entities = names(50);
    await putDeletes(entities);
    const workers = names(5, 'w').map((name) => guarded({ count: 20 }, name));
    const begun = await Promise.all(
      entities.map((entity, index) => workers[index % 5]?.begin(entity, `t${index}`, 'j')),
    );
    const kinds = begun.map((one) => one?.kind);
    expect(kinds.filter((kind) => kind === 'leased')).toHaveLength(20);
    expect(kinds.filter((kind) => kind === 'delete-held')).toHaveLength(30);
    // It is told once.
    expect(begun.filter((one) => one?.kind === 'delete-held' && one.opened)).toHaveLength(1);
    expect(await storm()).toMatchObject({
      reason: 'more than 20 deletes within 60000 ms (DELETE_GUARD_COUNT)',
      until: null,
      by: expect.stringMatching(/^w\d$/),
      since: expect.closeTo(Date.now(), -4),
    });
  });

  it('are held for a worker without a guard too, and upserts for nobody', async () => {
    await putDeletes(['a', 'b']);
    await world.slots.put([state('c', '1-0')]);
    await guarded({ count: 1 }).begin('a', 't', 'j');
    await guarded({ count: 1 }).begin('b', 't', 'j');
    expect(await world.slots.begin('b', 't', 'j')).toEqual({ kind: 'delete-held', opened: false });
    expect((await guarded({ count: 1 }).begin('c', 't', 'j')).kind).toBe('leased');
  });

  it('are counted in a window that slides, an entity once however often it is tried', async () => {
    await putDeletes(['a', 'b', 'c']);
    const slots = guarded({ count: 2, windowMs: 400 });
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect((await slots.begin('a', `t${attempt}`, 'j')).kind).toBe('leased');
      await slots.release('a', `t${attempt}`, [], { uncertain: false, class: 'answer' });
    }
    await slots.begin('b', 't', 'j');
    expect(await world.redis.zcard(world.keys.deletes)).toBe(2);
    await until('the window is over', async () => !(await world.redis.exists(world.keys.deletes)));
    expect((await slots.begin('c', 't', 'j')).kind).toBe('leased');
    expect(await storm()).toBeNull();
  });

  it('are bounded by a share of what is in XSOAR', async () => {
    for (const entity of names(200, 'there')) {
      await world.redis.hset(world.keys.bindings, entity, '["1-0","","v"]');
    }
    const entities = names(25);
    await putDeletes(entities);
    const slots = guarded({ share: 0.1 });
    const kinds = [];
    for (const entity of entities) kinds.push((await slots.begin(entity, 't', 'j')).kind);
    expect(kinds.filter((kind) => kind === 'leased')).toHaveLength(20);
    expect((await storm())?.reason).toContain('DELETE_GUARD_SHARE of 200 indicators');
  });

  it('are bounded by that share from the first moment of a worker, however many begin at once', async () => {
    for (const entity of names(400, 'there')) {
      await world.redis.hset(world.keys.bindings, entity, '["1-0","","v"]');
    }
    const entities = names(30);
    await putDeletes(entities);
    const slots = guarded({ share: 0.1 });
    const begun = await Promise.all(entities.map((entity) => slots.begin(entity, 't', 'j')));
    expect(begun.map(({ kind }) => kind)).toEqual(entities.map(() => 'leased'));
    expect(await storm()).toBeNull();
  });

  it('that wait are left alone by the sweeper, and get jobs when somebody resumes', async () => {
    await putDeletes(names(5));
    const slots = guarded({ count: 1 });
    for (const entity of names(5)) await slots.begin(entity, 't', 'j');
    await slots.settle('e0', 't', '5-0', NOTHING);
    await world.slots.put([state('u', '1-0')]);
    // The upsert lost its job and gets one; the deletes gave theirs up.
    let revived = 0;
    await until('the sweeper looked after the grace', async () => {
      revived += (await world.sweep()).revived;
      return revived > 0;
    });
    expect(revived).toBe(1);
    expect(await world.redis.zcard(world.keys.pending)).toBe(5);

    expect(await world.holds.clear('delete-storm')).toBe(true);
    expect((await world.sweep()).revived).toBe(4);
    // Those that waited are wanted, all of them; what comes later is counted anew.
    for (const entity of names(5).slice(1)) {
      expect((await slots.begin(entity, 't', 'j')).kind).toBe('leased');
    }
    expect(await storm()).toBeNull();
    await until('time has passed', async () => {
      const [seconds, micros] = await world.redis.time();
      const wanted = Number(await world.redis.get(world.keys.deletesWanted));
      return Number(seconds) * 1_000 + Number(micros) / 1_000 > wanted + 2;
    });
    await putDeletes(['later1', 'later2']);
    expect((await slots.begin('later1', 't', 'j')).kind).toBe('leased');
    expect(await slots.begin('later2', 't', 'j')).toEqual({ kind: 'delete-held', opened: true });
  });

  it('that wait are no dead letters, though an older state of their entity is one', async () => {
    await bury(server.url, world, [{ state: state('b', '1-0') }]);
    await putDeletes(['a', 'b']);
    const slots = guarded({ count: 1 });
    for (const entity of ['a', 'b']) await slots.begin(entity, 't', 'j');
    await slots.settle('a', 't', '5-0', NOTHING);
    const since = Number(await world.redis.zscore(world.keys.pending, 'b'));
    await until('the grace is over', () => Date.now() - since > 80);
    expect((await world.sweep()).revived).toBe(0);
    expect(await world.redis.zcard(world.keys.dead)).toBe(0);
    await world.holds.clear('delete-storm');
    expect((await world.sweep()).revived).toBe(1);
    expect(await slots.begin('b', 't2', 'j')).toMatchObject({
      kind: 'leased',
      operation: 'delete',
    });
  });

  it('that wait are cancelled by a newer state of their entity', async () => {
    await putDeletes(['a', 'b']);
    const slots = guarded({ count: 1 });
    for (const entity of ['a', 'b']) await slots.begin(entity, 't', 'j');
    await world.slots.put([state('b', '6-0')]);
    await addDeliveries(world.queue, ['b']);
    expect(await slots.begin('b', 't', 'j')).toMatchObject({
      ...{ kind: 'leased', operation: 'upsert', version: '6-0' },
    });
  });

  it('that never were too many leave nothing behind', async () => {
    await putDeletes(['a']);
    expect((await world.slots.begin('a', 't', 'j')).kind).toBe('leased');
    expect(await world.redis.exists(world.keys.deletes, world.keys.deletesWanted)).toBe(0);
    expect(await world.holds.clear('delete-storm')).toBe(false);
    expect(await world.redis.exists(world.keys.deletesWanted)).toBe(0);
  });
});
