import { connectRedis, listActions } from '@xsoar-intel/pipeline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { type OperatorWorld, openOperatorWorld, state } from './operator-world.ts';

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

describe('xsoar-intel pause', () => {
  it('holds deliveries, with the reason and who it was', async () => {
    const { code, stdout } = await world.run(['pause', '--reason', 'XSOAR upgrade']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Deliveries are paused by \S+@\S+: XSOAR upgrade\n/);
    const [hold] = await world.holds.list();
    expect(hold).toMatchObject({ kind: 'operator', reason: 'XSOAR upgrade', until: null });
    expect(hold?.by).toMatch(/^\S+@\S+$/);
    await world.pend([state(1)]);
    expect((await world.slots.begin(state(1).entityId, 't', 'j')).kind).toBe('held');
  });

  it('ends by itself where a time was given', async () => {
    const { stdout } = await world.run(['pause', '--reason', 'x', '--for', '2h', '--json']);
    const { since, until } = JSON.parse(stdout) as { since: string; until: string };
    expect(Date.parse(until) - Date.parse(since)).toBe(7_200_000);
  });

  it('tells of a pause that was there', async () => {
    await world.run(['pause', '--reason', 'first']);
    const { stdout } = await world.run(['pause', '--reason', 'second']);
    expect(stdout).toMatch(/^It was paused already, by \S+: first\n/);
    expect(await world.holds.list()).toMatchObject([{ reason: 'second' }]);
  });

  it.each([
    [['pause'], '--reason'],
    [['pause', '--reason', ' '], '--reason'],
    [['pause', '--reason', 'x', '--for', 'long'], '--for'],
  ])('wants to be told why: %o is wrong usage', async (args, words) => {
    const { code, stderr } = await world.run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(await world.holds.list()).toEqual([]);
  });
});

describe('a Redis that is a replica', () => {
  it('is not waited for: the command ends and says where REDIS_URL has to lead', async () => {
    const master = await startRedis();
    const replica = await startRedis();
    const client = connectRedis(replica.url, 'test', () => {});
    await client.replicaof('127.0.0.1', new URL(master.url).port);
    const { code, stdout, stderr } = await world.run(['pause', '--reason', 'x'], {
      env: { REDIS_URL: replica.url },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('REDIS_URL has to lead to the master');
    client.disconnect();
    await Promise.all([replica.stop(), master.stop()]);
  });
});

describe('xsoar-intel resume', () => {
  it('ends the pause and no other hold', async () => {
    await world.run(['pause', '--reason', 'XSOAR upgrade']);
    await world.holds.open('outage', { reason: 'down', by: 'w', forMs: 60_000 });
    const { code, stdout } = await world.run(['resume']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Ended a hold \(operator, \d+ s ago, by \S+\): XSOAR upgrade\n/);
    const did = await listActions(world.redis, world.keys, 9);
    expect(did.map(({ action, detail }) => `${action}: ${detail}`)).toEqual([
      'resume: operator: XSOAR upgrade',
      'pause: XSOAR upgrade',
    ]);
    expect((await world.run(['status'])).stdout).toMatch(
      /^ {2}Operators +resume \S.* by \S+@\S+: operator: XSOAR upgrade\n +pause .* by \S+@\S+: XSOAR upgrade$/m,
    );
    expect(stdout).toContain('Deliveries are still held:\n  outage for');
    expect((await world.holds.list()).map(({ kind }) => kind)).toEqual(['outage']);
  });

  it('ends another hold where it is named, so that XSOAR is tried', async () => {
    await world.holds.open('credentials', { reason: '401', by: 'w', forMs: null });
    await world.pend([state(1)]);
    const { code, stdout } = await world.run(['resume', '--hold', 'credentials']);
    expect(code).toBe(0);
    expect(stdout).toContain('find out whether XSOAR takes them');
    expect(stdout).toContain('Deliveries go on: 1 entity is pending.');
    expect((await world.slots.begin(state(1).entityId, 't', 'j')).kind).toBe('leased');
  });

  it('lets the deletes go that the guard held, and says when', async () => {
    const hold = { reason: 'more than 9 deletes within 10 min', by: 'w', forMs: null };
    await world.holds.open('delete-storm', hold);
    const before = await world.run(['status']);
    expect(before.stdout).toContain('Deletes are held');
    expect(before.stdout).toMatch(/delete-storm for .*until somebody resumes, by w: more than 9/);
    // Whoever resumes the pause did not mean these.
    expect((await world.run(['resume'])).stdout).toContain('delete-storm');
    const { code, stdout } = await world.run(['resume', '--hold', 'delete-storm']);
    expect(code).toBe(0);
    expect(stdout).toContain('The deletes that waited are delivered');
    expect(stdout).not.toContain('find out whether XSOAR takes them');
    expect(await world.holds.list()).toEqual([]);
  });

  it('ends all of them, and says what it ended as JSON', async () => {
    await world.holds.open('credentials', { reason: '401', by: 'w', forMs: null });
    await world.holds.open('operator', { reason: 'x', by: 'ana@soc', forMs: null });
    const { stdout } = await world.run(['resume', '--hold', 'all', '--json']);
    const { cleared, left } = JSON.parse(stdout) as {
      cleared: { kind: string }[];
      left: unknown[];
    };
    expect(cleared.map(({ kind }) => kind).sort()).toEqual(['credentials', 'operator']);
    expect(left).toEqual([]);
  });

  it('has nothing to do where nothing is held, and refuses a kind that is none', async () => {
    expect((await world.run(['resume'])).stdout).toBe('Nothing is held.\n');
    const { code, stderr } = await world.run(['resume', '--hold', 'broken']);
    expect(code).toBe(2);
    expect(stderr).toContain('operator, credentials, rate-limit');
  });
});
