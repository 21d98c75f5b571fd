/** Dead letters within their bounds, over a real Redis and real failed jobs. */
import { addDeliveries, createDeadLetterTrim, scanBindings } from '@xsoar-intel/pipeline';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bury } from '../support/dead-letters.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { NOTHING, openWorld, state } from './world.ts';

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

const WIDE = { count: 1e6, bytes: 1e9, ageMs: 1e13 };
const trim = (bounds: Partial<typeof WIDE>, now = Date.now()) =>
  createDeadLetterTrim(world.redis, world.keys, world.queue, {
    bounds: { ...WIDE, ...bounds },
    tombstoneMs: 60_000,
  })(now);

/** Buried one after the other, so that it is known which is older. */
async function buryEach(...entities: string[]): Promise<void> {
  for (const entity of entities) {
    await bury(server.url, world, [{ state: state(entity, '5-0') }]);
    const at = 1_000 + entities.indexOf(entity);
    await world.redis.zadd(world.keys.dead, at, entity);
  }
}

const left = () => world.redis.zrange(world.keys.dead, '0', '-1');
const failedJobs = async () =>
  (await world.queue.getJobs(['failed'])).map(({ data }) => data.entityId).sort();

describe('dead letters', { timeout: 30_000 }, () => {
  it('stay as long as they are within their bounds', async () => {
    await buryEach('a', 'b');
    const { load, share, dropped } = await trim({ count: 4 });
    expect({ load: load.count, share, dropped }).toEqual({ load: 2, share: 0.5, dropped: [] });
    // About what MEMORY USAGE says; the bound is one of memory, not of text.
    expect(load.bytes).toBeGreaterThan(2 * 1_000);
    expect(load.bytes).toBeLessThan(2 * 4_000);
  });

  it('lose the oldest beyond their count, with job and slot, and remember that', async () => {
    await buryEach('a', 'b', 'c');
    const { dropped } = await trim({ count: 1 });
    expect(dropped).toEqual([
      { entityId: 'a', reason: 'count' },
      { entityId: 'b', reason: 'count' },
    ]);
    expect(await left()).toEqual(['c']);
    expect(await failedJobs()).toEqual(['c']);
    expect(await world.redis.exists(world.keys.slot('a'), world.keys.slot('b'))).toBe(0);
    const remembered = new Map<string, unknown>();
    for await (const { entityId, skipReason, version } of scanBindings(world.redis, world.keys)) {
      remembered.set(entityId, [skipReason, version]);
    }
    expect(remembered).toEqual(
      new Map([
        ['a', ['dropped', '5-0']],
        ['b', ['dropped', '5-0']],
      ]),
    );
    // Neither the sweeper nor a replay brings them back; a newer event does.
    expect((await world.sweep()).revived).toBe(0);
    expect(await world.slots.put([state('a', '5-0'), state('b', '6-0')])).toEqual([
      'old',
      'written',
    ]);
  });

  it('lose the oldest beyond their bytes and beyond their age', async () => {
    await buryEach('a', 'b', 'c');
    const { load } = await trim({});
    const one = load.bytes / 3;
    expect((await trim({ bytes: Math.round(2.5 * one) })).dropped).toEqual([
      { entityId: 'a', reason: 'bytes' },
    ]);
    expect((await trim({ ageMs: 60_000 }, 1_002 + 60_000)).dropped).toEqual([
      { entityId: 'b', reason: 'age' },
    ]);
    expect(await left()).toEqual(['c']);
  });

  it('keep one that somebody retries, and one whose newer state is on its way', async () => {
    await buryEach('a', 'b', 'c');
    await world.slots.put([state('a', '6-0')]);
    await addDeliveries(world.queue, ['a']);
    // A push of b is under way.
    await world.slots.begin('b', 't', 'j');
    const { dropped } = await trim({ count: 1 });
    expect(dropped).toEqual([]);
    expect(await world.redis.hget(world.keys.slot('a'), 'v')).toBe('6-0');
    expect(await world.redis.hget(world.keys.slot('b'), 'v')).toBe('5-0');
    await world.slots.settle('b', 't', '5-0', NOTHING);
    expect(await left()).toEqual(['c']);
  });

  it('are measured a page at a time, and dropped by thousands at most', async () => {
    const entities = Array.from({ length: 1_200 }, (_, index) => `e${index}`);
    await bury(
      server.url,
      world,
      entities.map((entity) => ({ state: state(entity, '5-0') })),
    );
    const calls = await countCalls(async () => {
      const { load, dropped, more } = await trim({ count: 700 });
      expect({ count: load.count, dropped: dropped.length, more }).toEqual({
        ...{ count: 1_200, dropped: 500, more: false },
      });
    });
    expect(await world.redis.zcard(world.keys.dead)).toBe(700);
    // Three pages to measure, three chunks to drop: not one call for each.
    expect(calls).toBeLessThan(12);
  });
});

/** Calls of our scripts while something runs; removals of jobs are BullMQ's own. */
async function countCalls(run: () => Promise<void>): Promise<number> {
  const sent: string[] = [];
  const monitor = await new Redis(server.url).monitor();
  monitor.on('monitor', (_time: string, args: string[], source: string) => {
    if (source !== 'lua' && args.join(' ').includes(world.keys.dead)) sent.push(args[0] ?? '');
  });
  try {
    await run();
  } finally {
    monitor.disconnect();
  }
  return sent.length;
}
