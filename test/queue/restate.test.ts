import { createRestate, type Restate } from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bury } from '../support/dead-letters.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { NOTHING, openWorld, state } from './world.ts';

let server: TestRedis;
let world: ReturnType<typeof openWorld>;
let restate: Restate;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  world = openWorld(server.url);
  restate = createRestate(world.redis, world.keys);
  return () => world.close();
});

async function settle(entity: string, version: string): Promise<void> {
  await world.slots.put([state(entity, version)]);
  await world.slots.begin(entity, 't', 'j');
  await world.slots.settle(entity, 't', version, NOTHING);
}

describe('a state that is put back', () => {
  it('is delivered again though it was delivered before, by force', async () => {
    await settle('a', '5-0');
    expect(await restate.known('a')).toMatchObject({ text: '5-0' });
    expect(await restate.put([state('a', '5-0')])).toEqual([{ kind: 'written' }]);
    expect(await world.slots.begin('a', 't', 'j')).toMatchObject({ version: '5-0', force: true });
    expect(await world.redis.zcard(world.keys.pending)).toBe(1);
  });

  it('is written where nothing is known of the entity', async () => {
    expect(await restate.known('a')).toBeNull();
    expect(await restate.put([state('a', '5-0')])).toEqual([{ kind: 'written' }]);
  });

  it('gives way to a newer one, delivered or not', async () => {
    await settle('a', '5-1');
    await world.slots.put([state('b', '1000-10')]);
    expect(await restate.put([state('a', '5-0'), state('b', '1000-9')])).toEqual([
      { kind: 'newer', known: '5-1' },
      { kind: 'newer', known: '1000-10' },
    ]);
    expect(await world.redis.exists(world.keys.slot('a'))).toBe(0);
  });

  it('waits while a push is under way, which would settle it unseen', async () => {
    await world.slots.put([state('a', '5-0')]);
    await world.slots.begin('a', 't', 'j');
    const [result] = await restate.put([state('a', '5-0')]);
    expect(result?.kind).toBe('busy');
    if (result?.kind === 'busy') expect(result.waitMs).toBeGreaterThan(0);
  });

  it('is no dead letter any more', async () => {
    await bury(server.url, world, [{ state: state('a', '5-0') }]);
    expect(await restate.put([state('a', '5-0')])).toEqual([{ kind: 'written' }]);
    expect(await world.redis.zcard(world.keys.dead)).toBe(0);
    expect(await world.redis.zcard(world.keys.pending)).toBe(1);
  });
});
