import { createDeadLetters, type DeadLetterStore, readBinding } from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bury } from '../support/dead-letters.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { NOTHING, openWorld, state } from './world.ts';

let server: TestRedis;
let world: ReturnType<typeof openWorld>;
let letters: DeadLetterStore;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  world = openWorld(server.url);
  letters = createDeadLetters(world.redis, world.keys, world.queue, 60_000);
  return () => world.close();
});

const fail = (...entities: string[]) =>
  bury(
    server.url,
    world,
    entities.map((entity) => ({ state: state(entity, '5-0') })),
  );

async function letterOf(entity: string) {
  const letter = await letters.find(entity);
  if (letter === null) throw new Error(`${entity} is no dead letter`);
  return letter;
}

const dead = () => world.redis.zrange(world.keys.dead, '0', '-1');
const pending = () => world.redis.zrange(world.keys.pending, '0', '-1');

/** Sweeps when the grace of the test world is certainly over. */
async function sweepLater() {
  const from = Date.now();
  await until('the grace is over', () => Date.now() - from > 80);
  return world.sweep();
}

describe('the dead letters', () => {
  it('are read in order, found by job and by entity, with their states', async () => {
    await fail('a', 'b', 'c');
    expect(await letters.count()).toBe(3);
    const all = await letters.all();
    expect(await letters.newest(0, 10)).toEqual([...all].reverse());
    expect(await letters.newest(1, 1)).toEqual([all[1]]);
    const [first] = await letters.read(all);
    expect(first).toMatchObject({ jobId: all[0], reason: 'rejected', failure: { status: 400 } });
    const byEntity = await letters.find(first?.entityId ?? '');
    expect(byEntity).toEqual(await letters.find(all[0] ?? ''));
    expect(await letters.states(['a', 'nobody'])).toEqual([
      { version: '5-0', operation: 'upsert', payload: '{"at":"5-0"}' },
      null,
    ]);
  });

  it('are not looked for under the names of other keys', async () => {
    await fail('a');
    expect(await letters.find('failed')).toBeNull();
    expect(await letters.find('')).toBeNull();
    expect(await letters.find('999')).toBeNull();
  });
});

describe('a retry', () => {
  it('makes the state pending and the job wait with all its attempts', async () => {
    await fail('a');
    const letter = await letterOf('a');
    expect(await letters.retry([letter])).toEqual(['retried']);
    expect(await dead()).toEqual([]);
    expect(await pending()).toEqual(['a']);
    const job = await world.queue.getJob(letter.jobId);
    expect(await job?.getState()).toBe('waiting');
    expect(job).toMatchObject({ attemptsMade: 0, attemptsStarted: 1 });
    expect(await letters.count()).toBe(0);
  });

  it('of a dead letter that was resolved meanwhile is none', async () => {
    await fail('a');
    const letter = await letterOf('a');
    await letters.retry([letter]);
    expect(await letters.retry([letter])).toEqual(['gone']);
    await world.queue.remove(letter.jobId);
    expect(await letters.retry([letter])).toEqual(['gone']);
  });
});

describe('a discard', () => {
  it('clears slot, dead letter and job, and the sweeper finds nothing to bring back', async () => {
    await fail('a', 'b');
    expect(await letters.discard([await letterOf('a')])).toEqual([
      { kind: 'discarded', otherJob: null },
    ]);
    expect(await world.redis.exists(world.keys.slot('a'))).toBe(0);
    expect(await dead()).toEqual(['b']);
    expect(await pending()).toEqual([]);
    expect(await letters.count()).toBe(1);
    expect((await sweepLater()).revived).toBe(0);
    expect(await world.queue.getWaitingCount()).toBe(0);
  });

  it('holds against a replay of the event, not against a newer one', async () => {
    await fail('a');
    await letters.discard([await letterOf('a')]);
    expect(await world.slots.put([state('a', '5-0'), state('a', '4-9')])).toEqual(['old', 'old']);
    expect(await world.slots.put([state('a', '5-1')])).toEqual(['written']);
  });

  it('is remembered with its reason, and not for ever where nothing is in XSOAR', async () => {
    await fail('a');
    await letters.discard([await letterOf('a')]);
    expect(await world.redis.hgetall(world.keys.tombstone('a'))).toEqual({
      v: '5-0',
      skip: 'discarded',
    });
    expect(await world.redis.pttl(world.keys.tombstone('a'))).toBeGreaterThan(0);
  });

  it('still knows the values of the entity, so that a later delete finds them', async () => {
    await world.slots.put([state('a', '4-0')]);
    await world.slots.begin('a', 't', 'j');
    await world.slots.settle('a', 't', '4-0', { ...NOTHING, bound: ['k1'] });
    await fail('a');
    await letters.discard([await letterOf('a')]);
    expect((await readBinding(world.redis, world.keys, 'a'))?.values).toEqual(['k1']);
    expect(await world.redis.exists(world.keys.tombstone('a'))).toBe(0);
    await world.slots.put([state('a', '6-0', 'delete')]);
    expect(await world.slots.begin('a', 't', 'j')).toMatchObject({ boundValues: ['k1'] });
  });

  it('leaves a newer state alone and takes only the failed job', async () => {
    await fail('a');
    const letter = await letterOf('a');
    await world.slots.put([state('a', '6-0')]);
    expect(await letters.discard([letter])).toEqual([{ kind: 'newer' }]);
    expect(await pending()).toEqual(['a']);
    expect(await letters.count()).toBe(0);
    expect(await world.redis.hget(world.keys.slot('a'), 'fj')).toBeNull();
  });

  it('leaves a retry alone that is under way', async () => {
    await fail('a');
    const letter = await letterOf('a');
    await letters.retry([letter]);
    await world.slots.begin('a', 't', letter.jobId);
    const [result] = await letters.discard([letter]);
    expect(result?.kind).toBe('newer');
    expect(await pending()).toEqual(['a']);
  });

  it('waits while a push of the entity is under way, or may still land', async () => {
    await fail('a', 'b');
    await world.slots.begin('a', 't', 'other');
    await world.slots.begin('b', 't', 'other');
    await world.slots.release('b', 't', [], { uncertain: true, class: 'outage' });
    const results = await letters.discard([await letterOf('a'), await letterOf('b')]);
    expect(results.map(({ kind }) => kind)).toEqual(['busy', 'busy']);
    expect(await letters.count()).toBe(2);
    expect(await dead()).toHaveLength(2);
  });

  it('takes a failed job that nobody buried', async () => {
    await fail('a');
    const letter = await letterOf('a');
    await world.redis.zrem(world.keys.dead, 'a');
    await world.redis.zadd(world.keys.pending, Date.now(), 'a');
    await world.redis.hdel(world.keys.slot('a'), 'fj');
    expect(await letters.discard([letter])).toEqual([{ kind: 'discarded', otherJob: null }]);
    expect(await pending()).toEqual([]);
  });

  it('clears what is left of an entity that is delivered', async () => {
    await fail('a');
    const letter = await letterOf('a');
    await world.redis.del(world.keys.slot('a'));
    expect(await letters.discard([letter])).toEqual([{ kind: 'gone' }]);
    expect(await letters.count()).toBe(0);
    expect(await dead()).toEqual([]);
  });
});
