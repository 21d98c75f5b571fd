import { createRestate, newestOf } from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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

/** Begins and expects to get the lease. */
async function lease(entity: string, token: string) {
  const begun = await world.slots.begin(entity, token, 'job');
  if (begun.kind !== 'leased') throw new Error(`no lease: ${JSON.stringify(begun)}`);
  return begun;
}

describe('the trace of a state', () => {
  const traced = (version: string, context: string, obsolete = 0) => ({
    ...state('e', version),
    trace: { context, obsolete },
  });
  const traceOfBegun = async (token = 't') => {
    const { trace, obsolete } = await lease('e', token);
    return { trace, obsolete };
  };

  it('is not there where nobody records traces', async () => {
    await world.slots.put([state('e', '1-0')]);
    expect((await world.redis.hkeys(world.keys.slot('e'))).sort()).toEqual(['op', 'p', 'v']);
    expect(await traceOfBegun()).toEqual({ trace: null, obsolete: 0 });
  });

  it('is that of the newest event, and says how many states came to nothing before it', async () => {
    await world.slots.put([traced('1-0', 'first'), { ...traced('1-0', 'f'), entityId: 'other' }]);
    await world.slots.put([traced('2-0', 'second', 3)]);
    // Older ones and repetitions change nothing.
    await world.slots.put([traced('1-0', 'first')]);
    expect(await traceOfBegun()).toEqual({ trace: 'second', obsolete: 4 });
    expect(await lease('other', 't')).toMatchObject({ trace: 'f' });
  });

  it('stays with a state that failed, and goes with one that is delivered', async () => {
    await world.slots.put([traced('1-0', 'first')]);
    await lease('e', 't');
    await world.slots.release('e', 't', [], { uncertain: false, class: 'answer' });
    expect(await traceOfBegun('u')).toEqual({ trace: 'first', obsolete: 0 });
    await world.slots.settle('e', 'u', '1-0', NOTHING);
    await world.slots.put([state('e', '2-0')]);
    expect(await traceOfBegun('v')).toEqual({ trace: null, obsolete: 0 });
  });

  it('does not outlive its state where a newer one has none', async () => {
    await world.slots.put([traced('1-0', 'first')]);
    await world.slots.put([traced('2-0', 'second')]);
    await world.slots.put([state('e', '3-0')]);
    expect(await traceOfBegun()).toEqual({ trace: null, obsolete: 0 });
  });

  it('does not outlive it where an operator puts another state in its place', async () => {
    await world.slots.put([traced('1-0', 'first')]);
    await createRestate(world.redis, world.keys).put([state('e', '2-0')]);
    expect(await traceOfBegun()).toEqual({ trace: null, obsolete: 0 });
  });

  it('counts those that came to nothing within one batch', () => {
    const batch = [traced('1-0', 'a'), traced('3-0', 'c', 5), traced('2-0', 'b')];
    expect(newestOf(batch).map(({ trace }) => trace)).toEqual([{ context: 'c', obsolete: 6 }]);
  });
});
