import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
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

async function lease(entity: string, token: string) {
  const begun = await world.slots.begin(entity, token, 'job');
  if (begun.kind !== 'leased') throw new Error(`no lease: ${JSON.stringify(begun)}`);
  return begun;
}

const wish = (key: string) => ({ key, contribution: '{"score":3}' });
const result = (key: string, outcome: 'present' | 'absent') => ({
  key,
  xsoarId: outcome === 'present' ? '42' : null,
  version: null,
  hash: 'h',
  outcome,
});

async function planned(entity: string, token: string, wanted: string[], dropped: string[]) {
  const plan = await world.slots.plan(entity, token, wanted.map(wish), dropped);
  if (plan.kind !== 'planned') throw new Error(`not planned: ${plan.kind}`);
  return plan.records;
}

const unanswered = { uncertain: true, class: 'outage' } as const;

/** Waits until the late window that an entity knows of is over. */
const windowOver = (entity: string) =>
  until('no late request can land any more', async () => {
    const due = Number(await world.redis.hget(world.keys.slot(entity), 'tk'));
    return due > 0 && Date.now() > due + 5;
  });

it('a value that a late create may bring back is removed once more after the window', async () => {
  await world.slots.put([state('a', '1-0')]);
  await lease('a', 't');
  await planned('a', 't', ['v'], []);
  await world.slots.release('a', 't', ['v'], unanswered);
  await world.slots.put([state('a', '2-0', 'delete')]);

  await lease('a', 't');
  await planned('a', 't', [], ['v']);
  const absent = { ...NOTHING, values: [result('v', 'absent')] };
  expect((await world.slots.settle('a', 't', '2-0', absent)).kind).toBe('provisional');

  await windowOver('a');
  const again = await lease('a', 't');
  expect(again).toMatchObject({ operation: 'delete', force: true, boundValues: ['v'] });
  // What it was is still known, so that it can be removed.
  expect(await planned('a', 't', [], ['v'])).toMatchObject([
    { contributions: [], former: [wish('v').contribution] },
  ]);
  expect((await world.slots.settle('a', 't', '2-0', absent)).kind).toBe('settled');
  expect(await world.redis.hexists(world.keys.values, 'v')).toBe(0);
});

it('the push after the window is forced, even if its first try came to nothing', async () => {
  await world.slots.put([state('a', '1-0'), state('b', '1-0')]);
  await lease('a', 'ta');
  await world.slots.release('a', 'ta', [], unanswered);
  await windowOver('a');

  await lease('b', 'tb');
  await planned('b', 'tb', ['v'], []);
  await lease('a', 'ta');
  expect((await world.slots.plan('a', 'ta', [wish('v')], [])).kind).toBe('busy');
  await world.slots.release('a', 'ta', [], { uncertain: false, class: 'none' });

  expect((await lease('a', 'ta')).force).toBe(true);
  expect((await world.slots.settle('a', 'ta', '1-0', NOTHING)).kind).toBe('settled');
});

it('a late request to a value makes the pushes of its other entities provisional', async () => {
  await world.slots.put([state('a', '1-0'), state('b', '1-0')]);
  await lease('a', 'ta');
  await planned('a', 'ta', ['v'], []);
  await world.slots.release('a', 'ta', ['v'], unanswered);

  await lease('b', 'tb');
  await planned('b', 'tb', ['v'], []);
  const present = { ...NOTHING, values: [result('v', 'present')], bound: ['v'] };
  expect((await world.slots.settle('b', 'tb', '1-0', present)).kind).toBe('provisional');
});

it('so does the lease of a value that was taken over from another entity', async () => {
  await world.slots.put([state('a', '1-0'), state('b', '1-0')]);
  await lease('a', 'killed');
  await planned('a', 'killed', ['v'], []);
  const plan = await until(
    'the value is free',
    async () => {
      await lease('b', 'tb');
      const tried = await world.slots.plan('b', 'tb', [wish('v')], []);
      return tried.kind === 'planned' ? tried : null;
    },
    { timeoutMs: TIMES.leaseMs * 5 },
  );
  expect(plan.records[0]?.contributions).toHaveLength(2);
  const present = { ...NOTHING, values: [result('v', 'present')], bound: ['v'] };
  expect((await world.slots.settle('b', 'tb', '1-0', present)).kind).toBe('provisional');
});

it('a push whose plan was lost by a Redis that kept its lease is made again', async () => {
  await world.slots.put([state('a', '1-0')]);
  await lease('a', 't');
  await planned('a', 't', ['v'], []);
  // A failover to a replica that had got the lease, and not the plan.
  await world.redis.hdel(world.keys.values, 'v');
  const present = { ...NOTHING, values: [result('v', 'present')], bound: ['v'] };
  expect((await world.slots.settle('a', 't', '1-0', present)).kind).toBe('newer');

  await lease('a', 't');
  await planned('a', 't', ['v'], []);
  expect((await world.slots.settle('a', 't', '1-0', present)).kind).toBe('settled');
  await world.slots.put([state('b', '2-0')]);
  await lease('b', 'other');
  const [record] = await planned('b', 'other', ['v'], []);
  expect(record?.contributions).toHaveLength(2);
});
