import {
  addDeliveries,
  connectRedis,
  createDeadLetters,
  createRestate,
} from '@xsoar-intel/pipeline';
import { Worker } from 'bullmq';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bury } from '../support/dead-letters.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
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

/** Sweeps until so many are revived in all; the grace of the test world is 50 ms. */
async function sweepRevives(count: number): Promise<void> {
  let revived = 0;
  await until(`the sweeper revives ${count}`, async () => {
    revived += (await world.sweep()).revived;
    return revived >= count;
  });
  expect(revived).toBe(count);
}

/** Delivers an entity, and its delete, which leaves its value in XSOAR. */
async function leave(entity: string, value: string): Promise<void> {
  const result = { key: value, xsoarId: '42', version: 1, hash: 'h' };
  await world.slots.put([state(entity, '1-0')]);
  await world.slots.begin(entity, 't', 'j');
  await world.slots.plan(entity, 't', [{ key: value, contribution: '{"score":3}' }], []);
  const values = [{ ...result, outcome: 'present' as const }];
  await world.slots.settle(entity, 't', '1-0', { ...NOTHING, values, bound: [value] });
  await world.slots.put([state(entity, '2-0', 'delete')]);
  await world.slots.begin(entity, 't', 'j');
  await world.slots.plan(entity, 't', [], [value]);
  const left = [{ ...result, outcome: 'left' as const }];
  await world.slots.settle(entity, 't', '2-0', { ...NOTHING, values: left });
}

describe('the sweeper', () => {
  it('forgets what is known of values that were left in XSOAR, but not before its time', async () => {
    await leave('a', 'v');
    await world.sweep();
    const record = await world.record('v');
    // All of what was wanted is still ours, should it come back.
    expect(record).toMatchObject({ xsoarId: '42', outcome: null, former: ['{"score":3}'] });
    await world.redis.zadd(world.keys.left, 1, 'v');
    await world.sweep();
    expect(await world.record('v')).toBeNull();
    expect(await world.redis.exists(world.keys.left)).toBe(0);
  });

  it('forgets no value that somebody came back to', async () => {
    await leave('a', 'v');
    await world.slots.put([state('b', '1-0')]);
    await world.slots.begin('b', 't', 'j');
    await world.slots.plan('b', 't', [{ key: 'v', contribution: '{}' }], []);
    expect(await world.redis.exists(world.keys.left)).toBe(0);
    await world.redis.zadd(world.keys.left, 1, 'v');
    await world.sweep();
    expect(await world.record('v')).not.toBeNull();
  });

  it('gives a job to a state that has none', async () => {
    await world.slots.put([state('a', '1-0')]);
    await sweepRevives(1);
    expect(await world.queue.getWaitingCount()).toBe(1);
    expect((await world.sweep()).revived).toBe(0);
  });

  it('leaves a state alone whose job waits', async () => {
    await world.slots.put([state('a', '1-0')]);
    await addDeliveries(world.queue, ['a']);
    await until('the grace is over', async () => {
      const since = Number(await world.redis.zscore(world.keys.pending, 'a'));
      return Date.now() - since > 80;
    });
    expect(await world.sweep()).toEqual({ seen: 1, revived: 0 });
  });

  it('revives what an operator deleted from the queue', async () => {
    await world.slots.put([state('a', '1-0'), state('b', '1-0')]);
    await addDeliveries(world.queue, ['a', 'b']);
    await world.queue.drain();
    await sweepRevives(2);
  });

  it.each(['gone', 'at its end'])(
    'revives a state whose deduplication key names a job that is %s',
    async (how) => {
      await world.slots.put([state('a', '1-0')]);
      await addDeliveries(world.queue, ['a']);
      const key = world.queue.toKey('de:a');
      const jobId = (await world.redis.get(key)) ?? '';
      expect(jobId).not.toBe('');
      if (how === 'gone') await world.queue.drain();
      else {
        await world.redis.lrem(world.queue.toKey('wait'), 0, jobId);
        await world.redis.hset(world.queue.toKey(jobId), 'finishedOn', Date.now());
      }
      // What hands other than BullMQ's may leave.
      await world.redis.set(key, jobId);
      await sweepRevives(1);
      expect(await world.redis.get(key)).not.toBe(jobId);
      expect(await world.queue.getWaitingCount()).toBe(1);
    },
  );

  it('gives a provisional state its second push when the window is over', async () => {
    await world.slots.put([state('a', '1-0')]);
    await world.slots.begin('a', 't1', 'j1');
    await world.slots.release('a', 't1', [], { uncertain: true, class: 'outage' });
    await world.slots.begin('a', 't2', 'j2');
    const settled = await world.slots.settle('a', 't2', '1-0', NOTHING);
    expect(settled.kind).toBe('provisional');
    expect((await world.sweep()).revived).toBe(0);
    await sweepRevives(1);
  });

  /** The job of an entity fails for good, by a worker that dies before it notes that. */
  async function failUnseen(): Promise<void> {
    await world.slots.put([state('a', '1-0')]);
    await addDeliveries(world.queue, ['a']);
    const worker = new Worker(
      world.queue.name,
      async (job) => {
        await world.slots.begin('a', 't', job.id ?? '');
        await world.slots.release('a', 't', [], { uncertain: false, class: 'answer' });
        throw new Error('no');
      },
      {
        connection: connectRedis(server.url, 'test-worker', () => {}),
        prefix: world.keys.prefix,
        settings: { backoffStrategy: () => 0 },
      },
    );
    await until('the job failed for good', async () => (await world.queue.getFailedCount()) === 1);
    await worker.close();
  }

  it('removes a job that failed unseen and whose entity was delivered since', async () => {
    await failUnseen();
    await world.slots.put([state('a', '2-0')]);
    await world.slots.begin('a', 't', 'another');
    const settled = await world.slots.settle('a', 't', '2-0', NOTHING);
    expect(settled).toEqual({ kind: 'settled', deadLetterJob: null });
    expect(await world.queue.getFailedCount()).toBe(1);
    await world.sweep();
    expect(await world.queue.getFailedCount()).toBe(0);
  });

  it('takes a job that failed unseen for the dead letter that it is, and revives it once it is deleted', async () => {
    await failUnseen();

    await until('it is dead', async () => {
      await world.sweep();
      return (await world.redis.zcard(world.keys.dead)) === 1;
    });
    expect(await world.redis.zcard(world.keys.pending)).toBe(0);
    expect((await world.sweep()).revived).toBe(0);

    const [failed] = await world.queue.getFailed();
    await failed?.remove();
    await sweepRevives(1);
    expect(await world.redis.zcard(world.keys.dead)).toBe(0);
  });

  it('gives a job to a newer state, whether or not the failure of the older one was noted', async () => {
    await failUnseen();
    await world.slots.put([state('a', '2-0')]);
    await bury(server.url, world, [{ state: state('b', '1-0') }]);
    await world.slots.put([state('b', '2-0')]);
    await sweepRevives(2);
    expect(await world.redis.zcard(world.keys.dead)).toBe(0);
  });

  it('gives a job to a dead letter whose retry ended half-way', async () => {
    await bury(server.url, world, [{ state: state('a', '1-0') }]);
    const dying = Object.create(world.queue, {
      getJob: { value: () => Promise.reject(new Error('the command died here')) },
    });
    const [letter] = await createDeadLetters(world.redis, world.keys, world.queue, 60_000).read(
      (await world.queue.getFailed()).map(({ id }) => id ?? ''),
    );
    if (!letter) throw new Error('no dead letter');
    const letters = createDeadLetters(world.redis, world.keys, dying, 60_000);
    await expect(letters.retry([letter])).rejects.toThrow('died here');
    await sweepRevives(1);
    expect(await world.redis.zcard(world.keys.dead)).toBe(0);
  });

  it('gives a job to a dead letter that was put back, and then no job was added', async () => {
    await bury(server.url, world, [{ state: state('a', '1-0') }]);
    await createRestate(world.redis, world.keys).put([state('a', '1-0')]);
    await sweepRevives(1);
    expect(await world.redis.zcard(world.keys.dead)).toBe(0);
  });

  it('walks through more entities than one page', async () => {
    const states = Array.from({ length: 1_203 }, (_, n) => state(`e${n}`, '1-0'));
    await world.slots.put(states);
    await sweepRevives(1_203);
    expect(await world.queue.getWaitingCount()).toBe(1_203);
  });
});
