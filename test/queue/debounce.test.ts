/** Changes of one entity that follow each other closely are one push; see debounce.ts. */
import { createRestate, type Debounce } from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { openWorld, state } from './world.ts';

const QUIET: Debounce = { quietMs: 60_000, maxMs: 600_000 };
const SHORT: Debounce = { quietMs: 100, maxMs: 250 };

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

const put = (version: string, debounce = QUIET, operation?: 'delete') =>
  world.slots.put([state('a', version, operation)], debounce);
const begin = (token = 't') => world.slots.begin('a', token, 'j');

/** Delivers the state that waits, with one value. */
async function deliver(version: string): Promise<void> {
  expect((await begin()).kind).toBe('leased');
  await world.slots.plan('a', 't', [{ key: 'v', contribution: '{}' }], []);
  await world.slots.settle('a', 't', version, {
    values: [{ key: 'v', xsoarId: '1', version: 1, hash: 'h', outcome: 'present' }],
    bound: ['v'],
    skipReason: null,
    answered: true,
  });
}

describe('a push waits for further changes', () => {
  it('where the entity changed again within the debounce of what XSOAR has', async () => {
    await put('1000-0');
    await deliver('1000-0');
    expect(await put('60999-0')).toEqual(['written']);
    const begun = await begin();
    expect(begun.kind).toBe('debounced');
    if (begun.kind !== 'debounced') return;
    expect(begun.waitMs).toBeGreaterThan(55_000);
    expect(begun.waitMs).toBeLessThanOrEqual(60_000);
  });

  it('where it changed while a push of it is under way', async () => {
    await put('1000-0');
    expect((await begin()).kind).toBe('leased');
    await put('1001-0');
    // The same worker, looking for something newer after its push.
    expect((await begin()).kind).toBe('debounced');
  });

  it('until it has been quiet for so long, and the newest state is pushed then', async () => {
    await put('1000-0');
    await deliver('1000-0');
    await put('1001-0', SHORT);
    await put('1002-0', SHORT);
    const begun = await until('it is time', async () => {
      const one = await begin();
      return one.kind === 'leased' && one;
    });
    expect(begun).toMatchObject({ version: '1002-0' });
  });

  it('but not for ever where it goes on changing', async () => {
    await put('1000-0');
    await deliver('1000-0');
    let ms = 1000;
    const begun = await until('it is time', async () => {
      ms += 1;
      await put(`${ms}-0`, SHORT);
      const one = await begin();
      return one.kind === 'leased' && one;
    });
    expect(begun).toMatchObject({ version: `${ms}-0` });
  });

  it('and no less where it changes while that push is under way', async () => {
    await put('1000-0');
    await deliver('1000-0');
    await put('1001-0', { quietMs: 100, maxMs: 0 });
    expect((await begin()).kind).toBe('leased');
    await put('1002-0', QUIET);
    await world.slots.plan('a', 't', [{ key: 'v', contribution: '{}' }], []);
    const settled = await world.slots.settle('a', 't', '1001-0', {
      values: [{ key: 'v', xsoarId: '1', version: 2, hash: 'h', outcome: 'present' }],
      bound: ['v'],
      skipReason: null,
      answered: true,
    });
    expect(settled).toEqual({ kind: 'newer' });
    expect((await begin()).kind).toBe('debounced');
  });

  it('counted from the first change that is not delivered, which is no older than the last push', async () => {
    const since = async () => Number(await world.redis.zscore(world.keys.pending, 'a'));
    await put('1000-0');
    const first = await since();
    await until('the clock moved on', async () => Date.now() > first + 20);
    expect((await begin()).kind).toBe('leased');
    await put('1001-0');
    await world.slots.plan('a', 't', [{ key: 'v', contribution: '{}' }], []);
    await world.slots.settle('a', 't', '1000-0', {
      values: [{ key: 'v', xsoarId: '1', version: 1, hash: 'h', outcome: 'present' }],
      bound: ['v'],
      skipReason: null,
      answered: true,
    });
    expect(await since()).toBeGreaterThan(first);
  });
});

describe('a push goes at once', () => {
  it('where XSOAR has nothing of the entity yet, however often it changes before', async () => {
    await put('1000-0');
    await put('1001-0');
    expect(await begin()).toMatchObject({ kind: 'leased', version: '1001-0' });
  });

  it('where the entity changes again after longer than the debounce', async () => {
    await put('1000-0');
    await deliver('1000-0');
    await put('61000-0');
    expect((await begin()).kind).toBe('leased');
  });

  it('where it is deleted, also in the middle of many changes', async () => {
    await put('1000-0');
    await deliver('1000-0');
    await put('1001-0');
    expect((await begin()).kind).toBe('debounced');
    await put('1002-0', QUIET, 'delete');
    expect(await begin()).toMatchObject({ kind: 'leased', operation: 'delete' });
  });

  it('where somebody asks for it', async () => {
    await put('1000-0');
    await deliver('1000-0');
    await put('1001-0');
    await createRestate(world.redis, world.keys).put([state('a', '1001-0')]);
    expect((await begin()).kind).toBe('leased');
  });

  it('without a debounce', async () => {
    await put('1000-0');
    await deliver('1000-0');
    await world.slots.put([state('a', '1001-0')]);
    expect((await begin()).kind).toBe('leased');
  });
});
