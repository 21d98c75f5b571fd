import { listActions } from '@xsoar-intel/pipeline';
import { generateFeed, startFakeOpencti } from '@xsoar-intel/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type OperatorWorld, openOperatorWorld } from './operator-world.ts';

let server: TestRedis;
let world: OperatorWorld;
const now = Date.now();
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  world = openOperatorWorld(server.url);
  await world.redis.set(world.keys.cursor, `${now}-3`);
  return () => world.close();
});

const cursor = (...args: string[]) => world.run(['cursor', ...args]);
const stored = () => world.redis.get(world.keys.cursor);

describe('xsoar-intel cursor show', () => {
  it('shows the cursor and its age', async () => {
    const { code, stdout } = await cursor('show');
    expect(code).toBe(0);
    expect(stdout).toContain(`${now}-3 (${new Date(now).toISOString().slice(0, 10)}`);
    expect(stdout).toContain('No ingest reads.');
    const json = JSON.parse((await cursor('show', '--json')).stdout);
    expect(json).toMatchObject({ cursor: `${now}-3`, recoverUntil: null, ingestActive: false });
  });

  it('says when there is none, and what is none', async () => {
    await world.redis.set(world.keys.cursor, 'broken\u0007');
    expect((await cursor('show')).stdout).toContain('no cursor: broken\\u{7}');
    await world.redis.del(world.keys.cursor);
    expect((await cursor('show')).stdout).toContain('There is no cursor');
  });
});

describe('xsoar-intel cursor set', () => {
  it('says what is read again, and sets it', async () => {
    const { code, stdout } = await cursor('set', 'P7D', '--yes');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Events of 7 d are read again: from .* to .*\.\n/);
    const [ms = 0, seq] = ((await stored()) ?? '').split('-').map(Number);
    expect(seq).toBe(0);
    expect(Math.abs(now - 7 * 86_400_000 - ms)).toBeLessThan(60_000);
    expect(await listActions(world.redis, world.keys, 9)).toMatchObject([
      {
        by: expect.stringMatching(/^\S+@\S+$/),
        action: 'cursor set',
        detail: `from ${now}-3 to ${ms}-0`,
      },
    ]);
  });

  it.each([
    ['-P7D', '--yes'],
    ['--yes', '-P7D'],
    ['-y', '-7d'],
  ])('takes a distance back that is written with a minus: %s %s', async (...args) => {
    const { code, stderr } = await cursor('set', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [ms = 0] = ((await stored()) ?? '').split('-').map(Number);
    expect(Math.abs(now - 7 * 86_400_000 - ms)).toBeLessThan(60_000);
  });

  it('still takes other words with a minus for options', async () => {
    const { code, stderr } = await cursor('set', 'P7D', '--dryrun');
    expect(code).toBe(2);
    expect(stderr).toMatch(/unknown option '--dryrun'[\s\S]*Did you mean --dry-run/);
  });

  it('says what is passed over', async () => {
    await world.redis.set(world.keys.cursor, `${now - 3 * 3_600_000}-0`);
    const { stdout } = await cursor('set', `${now}-0`, '--yes');
    expect(stdout).toMatch(/^Events of 3 h are passed over/);
    expect(await stored()).toBe(`${now}-0`);
  });

  it('takes a date, and asks OpenCTI to catch up', async () => {
    const { code, stdout } = await cursor(
      'set',
      '2026-01-31T12:00:00Z',
      '--recover',
      '--yes',
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      changed: true,
      after: { cursor: `${Date.parse('2026-01-31T12:00:00Z')}-0`, at: '2026-01-31T12:00:00.000Z' },
    });
    expect(await stored()).toMatch(/^\d+-0 \d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('changes nothing in a dry run, where nobody can be asked, and for what is no place', async () => {
    const dry = await cursor('set', 'P1D', '--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain('Nothing was changed.');
    expect((await cursor('set', 'P1D')).code).toBe(2);
    const wrong = await cursor('set', 'yesterday', '--yes');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('neither an event id');
    const future = await cursor('set', '2999-01-01', '--yes');
    expect(future.code).toBe(2);
    expect(await stored()).toBe(`${now}-3`);
  });

  it('is refused while an ingest is active', async () => {
    await world.redis.set(world.keys.leader('ingest'), 'token', 'PX', 9_000);
    for (const args of [
      ['set', 'P1D', '--yes'],
      ['reset', '--yes'],
    ]) {
      const { code, stderr } = await cursor(...args);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^An ingest is active .*\n.*another \d s\.\n$/);
    }
    expect(await stored()).toBe(`${now}-3`);
  });

  it('repairs what is no cursor', async () => {
    await world.redis.set(world.keys.cursor, 'broken');
    expect((await cursor('set', '5-0', '--yes')).code).toBe(0);
    expect(await stored()).toBe('5-0');
  });

  it('says what OpenCTI has forgotten, where it can be asked', async () => {
    const opencti = await startFakeOpencti();
    try {
      await opencti.play(generateFeed({ events: 3, seed: 1 })).finished;
      const { stdout } = await world.run(['cursor', 'set', 'P7D', '--dry-run'], {
        env: { OPENCTI_URL: opencti.url, OPENCTI_TOKEN: opencti.token },
      });
      expect(stdout).toContain('OpenCTI keeps events since');
      expect(stdout).toContain('With --recover');
    } finally {
      await opencti.close();
    }
  });
});

describe('xsoar-intel cursor reset', () => {
  it('takes the cursor away', async () => {
    const { code, stdout } = await cursor('reset', '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('begins anew');
    expect(await stored()).toBe('');
    expect((await cursor('show')).stdout).toContain('There is no cursor');
  });

  it('says where the ingest begins, where its configuration is here', async () => {
    const { stdout } = await world.run(['cursor', 'reset', '--dry-run'], {
      env: {
        OPENCTI_URL: 'http://127.0.0.1:1',
        OPENCTI_TOKEN: 'token',
        CONNECTOR_LIVE_STREAM_ID: 'stream',
        CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '2026-01-31T12:00:00Z',
      },
    });
    expect(stdout).toContain(
      'It reads from 2026-01-31 12:00:00 UTC, after a catch-up from its database until now.',
    );
  });
});
