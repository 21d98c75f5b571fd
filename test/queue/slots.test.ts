import { readBinding } from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

/** Begins and expects to get the lease. */
async function lease(entity: string, token: string) {
  const begun = await world.slots.begin(entity, token, 'job');
  if (begun.kind !== 'leased') throw new Error(`no lease: ${JSON.stringify(begun)}`);
  return begun;
}

const leaseOver = () => until('the lease is over', waited(TIMES.leaseMs + 20));
const windowOver = () => until('the late window is over', waited(TIMES.lateWindowMs + 20));

/** True once so many ms have passed on Redis' clock. */
function waited(ms: number) {
  let from: number | undefined;
  return async () => {
    const [seconds = 0, micros = 0] = (await world.redis.time()).map(Number);
    const now = seconds * 1_000 + micros / 1_000;
    from ??= now;
    return now - from >= ms;
  };
}

describe('put', () => {
  it('writes a newer state, keeps it before an older one, and says which needs a job', async () => {
    expect(await world.slots.put([state('a', '5-1'), state('b', '5-1')])).toEqual([
      'written',
      'written',
    ]);
    expect(await world.slots.put([state('a', '5-0'), state('b', '5-2')])).toEqual([
      'unsettled',
      'written',
    ]);
    expect((await lease('a', 't')).version).toBe('5-1');
    expect((await lease('b', 't')).version).toBe('5-2');
  });

  it('compares versions as two numbers, not as text', async () => {
    await world.slots.put([state('a', '999-10')]);
    expect(await world.slots.put([state('a', '1000-0')])).toEqual(['written']);
    expect(await world.slots.put([state('a', '1000-9')])).toEqual(['written']);
    expect(await world.slots.put([state('a', '1000-10')])).toEqual(['written']);
    expect((await lease('a', 't')).version).toBe('1000-10');
  });

  it('knows the applied version after the slot is gone, so that a replay does nothing', async () => {
    await world.slots.put([state('a', '7-0')]);
    await lease('a', 't');
    await world.slots.settle('a', 't', '7-0', NOTHING);
    expect(await world.redis.exists(world.keys.slot('a'))).toBe(0);
    expect(await world.slots.put([state('a', '6-9'), state('a', '7-0')])).toEqual(['old', 'old']);
    expect(await world.redis.zcard(world.keys.pending)).toBe(0);
  });

  it('remembers a delete too: an older upsert does not resurrect the entity', async () => {
    await world.slots.put([state('a', '7-0', 'delete')]);
    await lease('a', 't');
    await world.slots.settle('a', 't', '7-0', NOTHING);
    expect(await world.slots.put([state('a', '6-0')])).toEqual(['old']);
    expect(await world.redis.pttl(world.keys.tombstone('a'))).toBeGreaterThan(0);
  });

  it('keeps the age of the oldest undelivered state', async () => {
    await world.slots.put([state('a', '1-0')]);
    const since = await world.redis.zscore(world.keys.pending, 'a');
    await until('the clock moved on', waited(5));
    await world.slots.put([state('a', '2-0')]);
    expect(await world.redis.zscore(world.keys.pending, 'a')).toBe(since);
  });
});

describe('the lease', () => {
  it('is given to one holder at a time', async () => {
    await world.slots.put([state('a', '1-0')]);
    await lease('a', 'first');
    const second = await world.slots.begin('a', 'second', 'job2');
    expect(second.kind).toBe('busy');
    if (second.kind === 'busy') expect(second.waitMs).toBeLessThanOrEqual(TIMES.leaseMs);
  });

  it('can be taken over when it has run out, and the old holder cannot settle any more', async () => {
    await world.slots.put([state('a', '1-0')]);
    await lease('a', 'frozen');
    await leaseOver();
    await lease('a', 'second');
    expect(await world.slots.settle('a', 'frozen', '1-0', NOTHING)).toEqual({ kind: 'lost' });
    expect(await world.redis.exists(world.keys.slot('a'))).toBe(1);
  });

  it('that was taken over makes the settle provisional until no late request can land', async () => {
    await world.slots.put([state('a', '1-0')]);
    await lease('a', 'frozen');
    await leaseOver();
    expect(await lease('a', 'second')).toMatchObject({
      provisional: true,
      force: true,
      tookOver: true,
    });
    expect((await world.slots.settle('a', 'second', '1-0', NOTHING)).kind).toBe('provisional');
    expect(await world.redis.zcard(world.keys.pending)).toBe(1);

    await windowOver();
    expect(await lease('a', 'third')).toMatchObject({
      provisional: false,
      version: '1-0',
      tookOver: false,
    });
    expect((await world.slots.settle('a', 'third', '1-0', NOTHING)).kind).toBe('settled');
    expect(await world.redis.zcard(world.keys.pending)).toBe(0);
  });

  it('that is given back leaves nothing provisional', async () => {
    await world.slots.put([state('a', '1-0')]);
    await lease('a', 'first');
    await world.slots.release('a', 'first', [], { uncertain: false, class: 'answer' });
    expect(await lease('a', 'second')).toMatchObject({ provisional: false });
  });

  it('that is given back after an unanswered request makes the next settle provisional', async () => {
    await world.slots.put([state('a', '1-0')]);
    await lease('a', 'first');
    await world.slots.release('a', 'first', [], { uncertain: true, class: 'outage' });
    expect(await lease('a', 'second')).toMatchObject({ provisional: true });
    expect((await world.slots.settle('a', 'second', '1-0', NOTHING)).kind).toBe('provisional');
  });
});

describe('settle', () => {
  it('says so when a newer state came meanwhile, and keeps the lease for its push', async () => {
    await world.slots.put([state('a', '1-0')]);
    await lease('a', 't');
    await world.slots.put([state('a', '2-0')]);
    expect(await world.slots.settle('a', 't', '1-0', NOTHING)).toEqual({ kind: 'newer' });
    expect(await lease('a', 't')).toMatchObject({ version: '2-0' });
    expect((await world.slots.settle('a', 't', '2-0', NOTHING)).kind).toBe('settled');
  });

  it('ends the row of outage failures only when XSOAR was asked', async () => {
    await world.slots.put([state('a', '1-0'), state('b', '1-0'), state('c', '1-0')]);
    const fail = async (entity: string) => {
      await lease(entity, 't');
      return world.slots.release(entity, 't', [], { uncertain: false, class: 'outage' });
    };
    expect((await fail('a')).row).toBe(0);
    expect((await fail('b')).row).toBe(1);
    await lease('c', 't');
    await world.slots.settle('c', 't', '1-0', { ...NOTHING, answered: false });
    expect(await fail('a')).toEqual({ row: 2, alone: false, failures: 2 });
    await lease('b', 't');
    await world.slots.settle('b', 't', '1-0', NOTHING);
    expect((await fail('a')).row).toBe(0);
  });
});

describe('values', () => {
  const wish = (key: string, score: number) => ({ key, contribution: JSON.stringify({ score }) });
  const present = (key: string, hash = 'h1') => ({
    key,
    xsoarId: '42',
    version: 7,
    hash,
    outcome: 'present' as const,
  });

  async function planned(entity: string, token: string, wanted: string[], dropped: string[] = []) {
    const plan = await world.slots.plan(
      entity,
      token,
      wanted.map((key) => wish(key, 3)),
      dropped,
    );
    if (plan.kind !== 'planned') throw new Error(`not planned: ${plan.kind}`);
    return plan.records;
  }

  it('are remembered with what XSOAR calls them', async () => {
    await world.slots.put([state('a', '1-0')]);
    await lease('a', 't');
    expect(await planned('a', 't', ['v1'])).toMatchObject([{ key: 'v1', xsoarId: null }]);
    await world.slots.settle('a', 't', '1-0', {
      ...NOTHING,
      values: [present('v1')],
      bound: ['v1'],
    });

    await world.slots.put([state('a', '2-0')]);
    expect((await lease('a', 't')).boundValues).toEqual(['v1']);
    expect(await planned('a', 't', ['v1'])).toMatchObject([
      {
        xsoarId: '42',
        version: 7,
        hash: 'h1',
        outcome: 'present',
        contributions: ['{"score":3}'],
        former: [],
      },
    ]);
  });

  it.each([
    '42',
    '0042',
    '1234567890',
    '1e3',
    'ceb9079aa2414b2aa816779ce5a34ac2',
    'CEB9079AA2414B2AA816779CE5A34AC2',
    '00'.repeat(16),
    'n-1',
    '0123456789abcdef',
  ])('give back the id that XSOAR gave, whatever its style (%s)', async (xsoarId) => {
    await world.slots.put([state('a', '1-0')]);
    await lease('a', 't');
    await planned('a', 't', ['v1']);
    const values = [{ ...present('v1'), xsoarId }];
    await world.slots.settle('a', 't', '1-0', { ...NOTHING, values, bound: ['v1'] });
    expect(await world.record('v1')).toMatchObject({ xsoarId });
  });

  it('know how long ago they were written, and what is known is readable', async () => {
    await world.slots.put([state('a', '1-0')]);
    await lease('a', 't');
    expect(await planned('a', 't', ['v1'])).toMatchObject([{ sinceWriteMs: null }]);
    await world.slots.settle('a', 't', '1-0', {
      ...NOTHING,
      values: [present('v1')],
      bound: ['v1'],
    });
    await until('the clock moved on', waited(30));
    const record = await world.record('v1');
    expect(record).toMatchObject({
      ...{ xsoarId: '42', hash: 'h1' },
      owners: [{ entityId: 'a', contribution: '{"score":3}' }],
    });
    expect(record?.sinceWriteMs).toBeGreaterThanOrEqual(0);
    expect(record?.sinceWriteMs).toBeLessThan(10_000);
    expect(await world.record('v2')).toBeNull();
    expect(await readBinding(world.redis, world.keys, 'a')).toMatchObject({
      version: '1-0',
      values: ['v1'],
      skipReason: null,
    });
  });

  it('know that nothing is known of an entity, in contrast to one without values', async () => {
    await world.slots.put([state('a', '1-0')]);
    expect(await lease('a', 't')).toMatchObject({ known: false, boundValues: [] });
    await world.slots.settle('a', 't', '1-0', { ...NOTHING, skipReason: 'not-stix-pattern' });
    await world.slots.put([state('a', '2-0')]);
    expect(await lease('a', 't')).toMatchObject({ known: true, boundValues: [] });
    expect(await readBinding(world.redis, world.keys, 'a')).toMatchObject({
      version: '1-0',
      skipReason: 'not-stix-pattern',
    });
  });

  it('that were planned before a crash are not forgotten when the next state drops them', async () => {
    await world.slots.put([state('a', '1-0')]);
    await lease('a', 'killed');
    await planned('a', 'killed', ['v1']);
    await world.slots.put([state('a', '2-0', 'delete')]);
    await leaseOver();
    expect((await lease('a', 'next')).boundValues).toEqual(['v1']);
  });

  it('know of every state that a push may have left in XSOAR before it died', async () => {
    const push = async (token: string, score: number) => {
      await lease('a', token);
      const plan = await world.slots.plan('a', token, [wish('v1', score)], []);
      if (plan.kind !== 'planned') throw new Error(plan.kind);
      return plan.records[0];
    };
    await world.slots.put([state('a', '1-0')]);
    await push('killed', 1);
    await world.slots.put([state('a', '2-0')]);
    await leaseOver();
    expect(await push('next', 2)).toMatchObject({
      contributions: ['{"score":2}'],
      former: ['{"score":1}'],
    });
    // The late request of the killed one may bring it back after this push, too.
    const settled = { ...NOTHING, values: [present('v1')], bound: ['v1'] };
    expect((await world.slots.settle('a', 'next', '2-0', settled)).kind).toBe('provisional');
    await windowOver();
    expect(await push('last', 2)).toMatchObject({ former: ['{"score":1}'] });
    expect((await world.slots.settle('a', 'last', '2-0', settled)).kind).toBe('settled');
    await world.slots.put([state('a', '3-0')]);
    expect(await push('later', 2)).toMatchObject({ former: [] });
  });

  it('are pushed by one worker at a time, whoever stands behind them', async () => {
    await world.slots.put([state('a', '1-0'), state('b', '1-0')]);
    await lease('a', 'ta');
    await lease('b', 'tb');
    await planned('a', 'ta', ['v1']);
    expect((await world.slots.plan('b', 'tb', [wish('v1', 1)], [])).kind).toBe('busy');
    await world.slots.settle('a', 'ta', '1-0', {
      ...NOTHING,
      values: [present('v1')],
      bound: ['v1'],
    });
    const [record] = await planned('b', 'tb', ['v1']);
    expect(record?.contributions).toHaveLength(2);
  });

  it('keep what others want of them when one entity goes, and vanish with the last', async () => {
    for (const entity of ['a', 'b']) {
      await world.slots.put([state(entity, '1-0')]);
      await lease(entity, entity);
      await planned(entity, entity, ['v1']);
      await world.slots.settle(entity, entity, '1-0', {
        ...NOTHING,
        values: [present('v1')],
        bound: ['v1'],
      });
    }
    await world.slots.put([state('a', '2-0', 'delete'), state('b', '2-0', 'delete')]);
    await lease('a', 'a');
    const [first] = await planned('a', 'a', [], ['v1']);
    expect(first?.contributions).toHaveLength(1);
    await world.slots.settle('a', 'a', '2-0', { ...NOTHING, values: [present('v1')] });

    await lease('b', 'b');
    const [last] = await planned('b', 'b', [], ['v1']);
    expect(last).toMatchObject({ contributions: [], xsoarId: '42' });
    await world.slots.settle('b', 'b', '2-0', {
      ...NOTHING,
      values: [
        {
          key: 'v1',
          xsoarId: null,
          version: null,
          hash: '',
          outcome: 'absent',
        },
      ],
    });
    expect(await world.redis.exists(world.keys.values, world.keys.bindings)).toBe(0);
  });
});

describe('dead letters', () => {
  it('leave pending, and a newer state brings their entity back', async () => {
    await world.slots.put([state('a', '1-0')]);
    await lease('a', 't');
    await world.slots.release('a', 't', [], { uncertain: false, class: 'answer' });
    expect(await world.slots.bury('a', '17', '1-0')).toEqual({ kind: 'dead', olderJob: null });
    expect(await world.redis.zcard(world.keys.pending)).toBe(0);
    expect(await world.redis.zcard(world.keys.dead)).toBe(1);
    // A replay of what is dead does not bring it back; a newer state does.
    expect(await world.slots.put([state('a', '1-0')])).toEqual(['old']);
    expect(await world.slots.put([state('a', '2-0')])).toEqual(['written']);
    expect(await world.redis.zcard(world.keys.dead)).toBe(0);
    await lease('a', 't');
    expect(await world.slots.settle('a', 't', '2-0', NOTHING)).toEqual({
      kind: 'settled',
      deadLetterJob: '17',
    });
  });

  it('are not made of a state that a newer one replaced meanwhile', async () => {
    await world.slots.put([state('a', '1-0')]);
    await world.slots.put([state('a', '2-0')]);
    expect((await world.slots.bury('a', '17', '1-0')).kind).toBe('newer');
    expect(await world.redis.zcard(world.keys.pending)).toBe(1);
  });

  it('are made of what a job began that noted no failure, unless that was replaced', async () => {
    await world.slots.put([state('a', '1-0'), state('b', '1-0')]);
    await world.slots.begin('a', 'ta', '17');
    await world.slots.begin('b', 'tb', '18');
    await world.slots.put([state('b', '2-0')]);
    expect((await world.slots.bury('a', '17', '')).kind).toBe('dead');
    expect((await world.slots.bury('b', '18', '')).kind).toBe('newer');
    expect(await world.redis.zrange(world.keys.pending, '0', '-1')).toEqual(['b']);
  });

  it('name the older failed job that they replace', async () => {
    await world.slots.put([state('a', '1-0')]);
    await world.slots.bury('a', '17', '1-0');
    expect(await world.slots.bury('a', '18', '1-0')).toEqual({ kind: 'dead', olderJob: '17' });
  });
});
