/** What becomes of a job, and of the holds that it probes: the processor over real slots and holds. */
import { createHolds, type Slots } from '@xsoar-intel/pipeline';
import { createLogger } from '@xsoar-intel/runtime';
import { XsoarError } from '@xsoar-intel/xsoar';
import { DelayedError } from 'bullmq';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthors } from '../../packages/worker/src/authors.ts';
import { DeliveryError } from '../../packages/worker/src/delivery-error.ts';
import { createProcessor, type ProcessorParts } from '../../packages/worker/src/processor.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { openWorld, state } from './world.ts';

let server: TestRedis;
let world: ReturnType<typeof openWorld>;
/** Waits, in ms, of the jobs that were delayed. */
let delays: number[];
let attempts: number;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  world = openWorld(server.url, { leaseMs: 60_000, lateWindowMs: 1, tombstoneMs: 60_000 });
  delays = [];
  attempts = 0;
  return () => world.close();
});

const silent = createLogger({
  level: 'error',
  name: 'test',
  pretty: false,
  destination: { write: () => {} },
});

/** Runs a job of an entity once; each has a lease token of its own. */
async function run(entityId: string, of: Partial<ProcessorParts> = {}, move = async () => {}) {
  const processor = createProcessor({
    slots: world.slots,
    queue: world.queue,
    holds: createHolds(world.redis, world.keys),
    writer: { upsert: async () => ({ outcome: 'created', id: '1', version: 1 }), remove: fail },
    map: () => ({
      ...{ ok: true as const, leftOut: [], notes: [] },
      indicators: [{ value: 'shared', indicator_type: 'IP', score: 1, CustomFields: {} }],
    }),
    beginPush: (signal) => ({ signal, end: () => {} }),
    logger: silent,
    workerName: 'w1',
    backoff: { minMs: 1_000, maxMs: 8_000 },
    holdBackoff: { minMs: 5_000, maxMs: 60_000 },
    circuitFailures: 5,
    now: Date.now,
    random: () => 0,
    onHeld: () => {},
    onResult: () => {},
    ...of,
  });
  const job = Object.assign(await world.queue.add('deliver', { entityId }), {
    attemptsStarted: ++attempts,
    moveToDelayed(at: number) {
      delays.push(at - Date.now());
      return move();
    },
    moveToWait: async () => {},
  });
  return processor(job, 'token').catch((error: unknown) => error);
}

const fail = () => Promise.reject(new Error('not used here'));
const holds = () => world.holds.list();

/** A writer whose requests of this kind fail. */
const failing = (
  operation: XsoarError['operation'],
  fields: Partial<ConstructorParameters<typeof XsoarError>[0]> = {},
): Pick<ProcessorParts, 'writer'> => ({
  writer: {
    upsert: async () => {
      const message = `${operation} failed`;
      throw new XsoarError({
        ...{ kind: 'status', status: 500 },
        operation,
        message,
        uncertain: false,
        ...fields,
      });
    },
    remove: fail,
  },
});

describe('a probe that finds nothing out lets another one go', () => {
  beforeEach(async () => {
    await world.slots.put([state('a', '1-0'), state('b', '1-0')]);
    await world.holds.open('outage', { reason: 'XSOAR is down', by: 'w1', forMs: 1 });
    await until('its time is up', async () => {
      const [hold] = await holds();
      const [seconds, micros] = (await world.redis.time()).map(Number);
      return Number(seconds) * 1_000 + Number(micros) / 1_000 > (hold?.until ?? 0) + 1;
    });
  });
  const nextProbe = async () => (await world.slots.begin('b', 'tb', 'j')) as object;

  it('because its value is being pushed for another entity', async () => {
    await world.holds.clear('outage');
    await world.slots.begin('b', 'tb', 'j');
    await world.slots.plan('b', 'tb', [{ key: 'IP:shared', contribution: '{}' }], []);
    await world.holds.open('outage', { reason: 'XSOAR is down', by: 'w1', forMs: 1 });
    const result = await until('its time is up', async () => {
      const busy = await run('a');
      return delays.length > 0 ? busy : null;
    });
    expect(result).toBeInstanceOf(DelayedError);
    expect(await world.redis.hget(world.keys.holds, 'outage')).not.toContain('"probe"');
  });

  it('because its lease was lost', async () => {
    const slots: Slots = { ...world.slots, plan: async () => ({ kind: 'lost' }) };
    expect(await run('a', { slots })).toBe('superseded');
    expect(await nextProbe()).toMatchObject({ probes: ['outage'] });
  });

  it('because Redis refused a step', async () => {
    const slots: Slots = { ...world.slots, plan: () => Promise.reject(new Error('lost')) };
    expect(await run('a', { slots })).toBeInstanceOf(DelayedError);
    expect(await nextProbe()).toMatchObject({ probes: ['outage'] });
  });
});

describe('a failure of Redis burns no attempt, whatever it looks like', () => {
  const redirections = () => Promise.reject(new Error('Too many Cluster redirections.'));
  beforeEach(() => world.slots.put([state('a', '1-0')]));

  it.each(['begin', 'plan', 'settle', 'release'] as const)('at the step: %s', async (step) => {
    const slots: Slots = { ...world.slots, [step]: redirections };
    const of = step === 'release' ? failing('create') : {};
    expect(await run('a', { slots, ...of })).toBeInstanceOf(DelayedError);
    expect(delays).toHaveLength(1);
  });

  it('at a step that takes up the time of the whole push', async () => {
    const push = new AbortController();
    const slots: Slots = {
      ...world.slots,
      async plan(...given) {
        push.abort(new Error('push budget'));
        return world.slots.plan(...given);
      },
    };
    const beginPush = () => ({ signal: push.signal, end: () => {} });
    const result = await run('a', { slots, beginPush, ...failing('search', { kind: 'aborted' }) });
    expect(result).toBeInstanceOf(DelayedError);
    expect((await holds()).length).toBe(0);
    // Nobody has to wait until its leases run out, be it for the value.
    expect((await world.slots.begin('a', 'another', 'job')).kind).toBe('leased');
    const wish = { key: 'IP:shared', contribution: '{}' };
    expect((await world.slots.plan('a', 'another', [wish], [])).kind).toBe('planned');
  });

  it('at the look-up of an author', async () => {
    const authors = createAuthors({ awaitName: redirections }, Date.now, () => {});
    const author = 'identity--00000000-0000-4000-8000-000000000001';
    const result = await run('a', {
      map: async (_, nameless) => {
        await authors.nameOf(author, nameless);
        return { ok: false, reason: 'no-pattern', detail: '', leftOut: [], notes: [] };
      },
    });
    expect(result).toBeInstanceOf(DelayedError);
  });

  it('at the note of a failure', async () => {
    const list = redirections;
    const of = failing('search', { status: 401 });
    expect(await run('a', { ...of, holds: { ...world.holds, list } })).toBeInstanceOf(DelayedError);
  });

  it('even where the job cannot be moved either', async () => {
    const slots: Slots = { ...world.slots, begin: redirections };
    const result = await run('a', { slots }, () => Promise.reject(new Error('OOM')));
    expect(result).toBeInstanceOf(DelayedError);
  });
});

describe('the circuit', () => {
  beforeEach(() => world.slots.put([state('a', '1-0'), state('b', '1-0')]));

  it('is not opened by one entity whose writes alone fail: each burns an attempt', async () => {
    for (let failures = 0; failures < 12; failures += 1) {
      expect(await run('a', failing('create'))).toBeInstanceOf(DeliveryError);
    }
    expect(await holds()).toEqual([]);
    // The next entity is not in its row once it is given up.
    await world.slots.bury('a', '1', '1-0');
    expect(await run('b', failing('edit'))).toBeInstanceOf(DeliveryError);
  });

  it('is opened by two entities whose writes fail, and burns no attempt but the first', async () => {
    expect(await run('a', failing('create'))).toBeInstanceOf(DeliveryError);
    for (let failures = 0; failures < 4; failures += 1) {
      const result = await run(failures % 2 === 0 ? 'b' : 'a', failing('create'));
      expect(result).toBeInstanceOf(DelayedError);
    }
    expect(await holds()).toMatchObject([{ kind: 'outage' }]);
  });

  it.each<[string, Parameters<typeof failing>]>([
    ['does not answer look-ups', ['search']],
    ['cannot be reached', ['create', { kind: 'network' }]],
    ['is said to be away', ['create', { status: 503 }]],
  ])('is opened by one entity where XSOAR %s', async (_, failure) => {
    await run('a', failing(...failure));
    for (let failures = 0; failures < 4; failures += 1) {
      expect(await run('a', failing(...failure))).toBeInstanceOf(DelayedError);
    }
    expect(await holds()).toMatchObject([{ kind: 'outage' }]);
  });
});

describe('a Retry-After', () => {
  beforeEach(() => world.slots.put([state('a', '1-0')]));

  it.each(['0', 'Thu, 20 Aug 2020 09:00:00 GMT'])('of %s shortens no wait', async (retryAfter) => {
    const error = await run('a', failing('search', { status: 503, retryAfter }));
    expect(error).toBeInstanceOf(DeliveryError);
    expect(error).toMatchObject({ delayMs: 500 });
    await run('a', failing('search', { status: 429, retryAfter }));
    const [hold] = await holds();
    expect((hold?.until ?? 0) - (hold?.since ?? 0)).toBe(5_000);
  });

  it('of a minute is waited for', async () => {
    const error = await run('a', failing('search', { status: 503, retryAfter: '60' }));
    expect(error).toMatchObject({ delayMs: 60_000 });
  });
});
