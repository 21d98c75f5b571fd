import { createIngestSigns, writeStreamStatus } from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failure } from '../support/dead-letters.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { entityId, type OperatorWorld, openOperatorWorld, state } from './operator-world.ts';
import { rowsOf, sampleOf } from './sample.ts';

let server: TestRedis;
let world: OperatorWorld;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  world = openOperatorWorld(server.url);
  return () => world.close();
});

const json = async () => {
  const { code, stdout } = await world.run(['status', '--json']);
  return { code, seen: JSON.parse(stdout) as Record<string, unknown> };
};

describe('xsoar-intel status', () => {
  it('ends with 0 while intelligence reaches XSOAR, plain in a pipe', async () => {
    await world.live();
    const { code, stdout, stderr } = await world.run(['status']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Indicators reach XSOAR\.\nEverything that was read is delivered\.\n/);
    expect(stdout).toMatch(/Stream +read by an ingest, cursor \d+-0/);
    expect(stdout).toMatch(/Workers +1: host-a:17 \(1\.2\.3\)/);
    expect(stdout).not.toContain('\u001b');
  });

  it('says in which state the stream is, who reads it, and how many stand by', async () => {
    await world.live();
    const signs = createIngestSigns(world.redis, world.keys, Date.now);
    for (const name of ['host-a:5', 'host-b:6', 'host-c:7']) {
      await signs.give({ name, version: '1.2.3', since: Date.now() });
    }
    await writeStreamStatus(world.redis, world.keys, {
      ...{ state: 'live', since: Date.now() - 300_000, reason: 'reading', retryInMs: null },
      ...{ leader: 'host-b:6', at: Date.now(), heldBack: null, catchUp: null },
    });
    const { stdout } = await world.run(['status']);
    expect(stdout).toMatch(
      /Stream +live for 5 min, read by host-b:6 \(2 standing by\), cursor \d+-0/,
    );
  });

  it('is in colour where it is asked for, and not where NO_COLOR is set', async () => {
    const coloured = await world.run(['status'], { env: { FORCE_COLOR: '1' } });
    expect(coloured.stdout).toContain('\u001b[');
    const plain = await world.run(['status'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\u001b');
  });

  it('ends with 1 when something wants a look, and says what to do', async () => {
    await world.live();
    await world.bury([{ state: state(1) }]);
    const { code, stdout } = await world.run(['status']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^1 entity could not be delivered\.\n {2}See the dead letters\./);
    expect(stdout).toMatch(/Dead +1 letter:\n +1 rejected: XSOAR refused the request\./);
    expect(await json()).toMatchObject({ code: 1, seen: { state: 'degraded' } });
  });

  it('ends with 2 when nobody reads or delivers', async () => {
    const { code, seen } = await json();
    expect(code).toBe(2);
    expect(seen).toMatchObject({ state: 'broken', headline: 'No ingest reads the stream.' });
  });

  it('tells holds with reason, since, until and by, whatever is in them', async () => {
    await world.live();
    await world.holds.open('credentials', {
      reason: 'HTTP 401\u001b[2J\nevil',
      by: 'host-a:17',
      forMs: 60_000,
    });
    const { code, stdout } = await world.run(['status']);
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /Holds +credentials for \d s, next probe in \d+ s, by host-a:17: HTTP 401\\u\{1b\}\[2J\\nevil\n/,
    );
    expect((await json()).seen).toMatchObject({
      holds: [{ kind: 'credentials', by: 'host-a:17', times: 1 }],
    });
  });

  it('repeats what OpenCTI said as text', async () => {
    await world.live();
    const now = Date.now();
    await writeStreamStatus(world.redis, world.keys, {
      ...{ state: 'unauthorized', since: now, at: now, reason: 'no\u001b[2Jentry' },
      ...{ retryInMs: 1_000, leader: 'host-a:1', catchUp: null },
      heldBack: '50000 entities wait for delivery\u001b[2J',
    });
    const { stdout } = await world.run(['status']);
    expect(stdout).toContain('no\\u{1b}[2Jentry');
    expect(stdout).toMatch(/^ +held back: 50000 entities wait for delivery/m);
    expect(stdout).not.toContain('\u001b');
  });

  it('tells what is pending, and how much was set aside', async () => {
    await world.live();
    await world.pend([state(1), state(2)]);
    await world.redis.xadd(world.keys.rejected, '*', 'reason', 'bad-json', 'detail', 'cut off');
    const { stdout } = await world.run(['status']);
    expect(stdout).toMatch(/^Indicators reach XSOAR\.\n2 states are on the way\./);
    expect(stdout).toMatch(/Pending +2 entities, the oldest for \d+ s/);
    expect(stdout).toMatch(/Jobs +0 active, 2 waiting, 0 delayed/);
    expect(stdout).toMatch(
      /Set aside +1 event that could not be read\n +newest .*: bad-json: cut off/,
    );
  });

  it('tells how much is delivered, and why some is tried again', async () => {
    await world.live();
    const { redis, queue } = world;
    const finished = queue.toKey('metrics:completed');
    await redis.hset(finished, { count: 90, prevTS: Date.now(), prevCount: 0 });
    const lastError = failure({ reason: 'server-error', message: 'create: HTTP 500\u001b[2J' });
    await queue.add('deliver', { entityId: entityId(1), lastError }, { delay: 3_600_000 });
    const { stdout } = await world.run(['status']);
    expect(stdout).toMatch(/Delivered +\d+ in the last minute, 18 a minute over 5 min/);
    expect(stdout).toMatch(
      /Jobs +0 active, 0 waiting, 1 delayed\n +1 to try again, server-error: create: HTTP 500\\u\{1b\}/,
    );
    // What docs/commands.md shows has the same rows.
    expect(rowsOf(stdout)).toEqual(rowsOf(sampleOf('xsoar-intel status')));
    expect((await json()).seen).toMatchObject({
      rates: { last5: 18 },
      retrying: { groups: [{ reason: 'server-error', count: 1 }] },
    });
  });

  it('ends with 2 where Redis is away, in words and as JSON', async () => {
    const away = { REDIS_URL: 'redis://:s3cret@127.0.0.1:1' };
    const told = await world.run(['status'], { env: away });
    expect(told.code).toBe(2);
    expect(told.stderr).toMatch(
      /^Redis cannot be asked\.\nRedis at redis:\/\/\*{3}@127\.0\.0\.1:1 cannot be asked: .*ECONNREFUSED/,
    );
    expect(told.stderr).not.toContain('s3cret');
    const { code, stdout } = await world.run(['status', '--json'], { env: away });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'broken',
      headline: 'Redis cannot be asked.',
    });
    expect(stdout).not.toContain('s3cret');
  });

  it('ends with 2 where Redis says no, or holds what is no cursor', async () => {
    await world.redis.set(world.keys.cursor, 'broken\u001b[2J');
    const broken = await world.run(['status']);
    expect(broken.code).toBe(2);
    expect(broken.stderr).toMatch(/^The status cannot be read\.\nthe cursor in Redis is "broken/);
    expect(broken.stderr).toContain('xsoar-intel cursor set');
    expect(broken.stderr).not.toContain('\u001b');
    await world.redis.del(world.keys.cursor);
    await world.redis.set(world.keys.holds, 'a string where a hash should be');
    const { code, stdout } = await world.run(['status', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      state: 'broken',
      headline: 'Redis cannot be asked.',
    });
    expect((await world.run(['resume'])).stderr).toMatch(/^Redis at .* cannot be asked: WRONGTYPE/);
  });

  it('ends with 78 where the configuration is wrong', async () => {
    const { code, stderr } = await world.run(['status'], { env: { CONNECTOR_ID: '' } });
    expect(code).toBe(78);
    expect(stderr).toContain('CONNECTOR_ID');
  });
});
