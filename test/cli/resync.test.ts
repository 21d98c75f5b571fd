import { entityIdOf } from '@xsoar-intel/opencti';
import { createDeadLetterTrim } from '@xsoar-intel/pipeline';
import { type FakeOpencti, generateFeed, startFakeOpencti } from '@xsoar-intel/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { linesOf, type OperatorWorld, openOperatorWorld } from './operator-world.ts';

let server: TestRedis;
let opencti: FakeOpencti;
let world: OperatorWorld;
let indicator: { entity: string; stix: string };
beforeAll(async () => {
  server = await startRedis();
  opencti = await startFakeOpencti();
  await opencti.play(generateFeed({ events: 20, seed: 3 })).finished;
  const [found] = [...opencti.state()].filter(({ type }) => type === 'indicator');
  if (!found) throw new Error('no indicator');
  indicator = { entity: entityIdOf(found) ?? '', stix: found.id };
});
afterAll(async () => {
  await opencti.close();
  await server.stop();
});
beforeEach(() => {
  world = openOperatorWorld(server.url);
  return () => world.close();
});

const resync = (...args: string[]) =>
  world.run(['resync', ...args], {
    env: { OPENCTI_URL: opencti.url, OPENCTI_TOKEN: opencti.token },
  });
const slot = () => world.redis.hgetall(world.keys.slot(indicator.entity));

/** As if the entity had been delivered at this version. */
async function delivered(version: string): Promise<void> {
  const [ms = 0, seq = 0] = version.split('-').map(Number);
  await world.slots.put([
    {
      entityId: indicator.entity,
      version: { ms, seq, text: version },
      operation: 'upsert',
      payload: '{}',
    },
  ]);
  await world.slots.begin(indicator.entity, 't', 'j');
  await world.slots.settle(indicator.entity, 't', version, {
    values: [],
    bound: [],
    skipReason: null,
    answered: true,
  });
}

describe('xsoar-intel resync', () => {
  it('delivers the state of OpenCTI by force, at the version that is known', async () => {
    const version = `${Date.now()}-5`;
    await delivered(version);
    const { code, stdout } = await resync(indicator.stix);
    expect(code).toBe(0);
    expect(stdout).toContain(`(${indicator.entity}) is delivered again, at version ${version}.`);
    const { v, op, f, p } = await slot();
    expect({ v, op, f }).toEqual({ v: version, op: 'upsert', f: '1' });
    expect(JSON.parse(p ?? '')).toMatchObject({ id: indicator.stix, type: 'indicator' });
    const [job] = await world.queue.getWaiting();
    expect(job?.data.entityId).toBe(indicator.entity);
  });

  it('takes an entity that was never seen, so that its next event is newer', async () => {
    const { code } = await resync(indicator.entity);
    expect(code).toBe(0);
    const ms = Number((await slot()).v?.split('-')[0]);
    expect(ms).toBeGreaterThan(0);
    expect(ms).toBeLessThanOrEqual(Date.now());
  });

  it('lets a delivery that waits for its next attempt go at once', async () => {
    const job = await world.queue.add(
      'deliver',
      { entityId: indicator.entity },
      { delay: 600_000, deduplication: { id: indicator.entity, keepLastIfActive: true } },
    );
    await resync(indicator.entity);
    expect(await job.getState()).toBe('waiting');
  });

  it('waits for a push that is under way', async () => {
    await delivered(`${Date.now()}-0`);
    await world.redis.hset(world.keys.slot(indicator.entity), {
      v: `${Date.now() - 1}-0`,
      p: '{}',
      op: 'upsert',
      lt: 'somebody',
      lx: Date.now() + 1_500,
    });
    const { code } = await resync(indicator.entity);
    expect(code).toBe(0);
    expect((await slot()).f).toBe('1');
  });

  it('says of each what became of it', async () => {
    const { code, stdout, stderr } = await resync('nothing', indicator.entity);
    expect(code).toBe(1);
    expect(stderr).toContain('nothing: OpenCTI has no such object');
    expect(stdout).toContain('is delivered again');
    const json = await resync('--json', 'nothing', indicator.entity);
    expect(linesOf(json.stdout).map((line) => JSON.parse(line))).toMatchObject([
      { id: 'nothing', ok: false },
      { id: indicator.entity, ok: true, entityId: indicator.entity },
    ]);
  });

  it('takes indicators only', async () => {
    const other = [...opencti.state()].find(({ type }) => type !== 'indicator');
    const { code, stderr } = await resync(other?.id ?? '');
    expect(code).toBe(1);
    expect(stderr).toContain(`This is no indicator but: ${other?.type}.`);
  });

  it('says what it needs, and what to do about a token that is refused', async () => {
    const without = await world.run(['resync', indicator.entity]);
    expect(without.code).toBe(1);
    expect(without.stderr).toContain('set OPENCTI_URL and OPENCTI_TOKEN');
    const refused = await world.run(['resync', indicator.entity], {
      env: { OPENCTI_URL: opencti.url, OPENCTI_TOKEN: 'wrong-token' },
    });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('OPENCTI_TOKEN is wrong');
    expect(refused.stderr).not.toContain('wrong-token');
  });
});

describe('xsoar-intel resync --dropped', () => {
  /** An entity whose dead letter went since there were too many. */
  async function dropped(entityId: string, operation: 'upsert' | 'delete'): Promise<void> {
    const version = { ms: 5, seq: 0, text: '5-0' };
    await world.bury([{ state: { entityId, version, operation, payload: '{}' } }]);
    const bounds = { count: 0, bytes: 1e9, ageMs: 1e13 };

    await createDeadLetterTrim(world.redis, world.keys, world.queue, {
      bounds,
      tombstoneMs: 60_000,
    })(Date.now());
    expect(await world.redis.exists(world.keys.slot(entityId))).toBe(0);
  }

  it('brings back what was dropped: an indicator from OpenCTI, and the absence of a deleted one', async () => {
    await dropped(indicator.entity, 'upsert');
    await dropped('gone-from-opencti', 'delete');
    const { code, stdout } = await resync('--dropped', '--json');
    expect(code).toBe(0);
    expect(
      linesOf(stdout)
        .map((line) => JSON.parse(line).entityId)
        .sort(),
    ).toEqual([indicator.entity, 'gone-from-opencti'].sort());
    expect(await slot()).toMatchObject({ v: '5-0', op: 'upsert', f: '1' });
    expect(await world.redis.hgetall(world.keys.slot('gone-from-opencti'))).toMatchObject({
      ...{ v: '5-0', op: 'delete', f: '1' },
    });
    const waiting = await world.queue.getWaiting();
    expect(waiting.map(({ data }) => data.entityId).sort()).toEqual(
      [indicator.entity, 'gone-from-opencti'].sort(),
    );
  });

  it('says so when nothing was, and wants to know what to deliver', async () => {
    const none = await resync('--dropped');
    expect({ code: none.code, said: none.stdout.trim() }).toEqual({
      ...{ code: 0, said: 'No dead letter was dropped.' },
    });
    const nothing = await resync();
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain('--dropped');
  });
});
