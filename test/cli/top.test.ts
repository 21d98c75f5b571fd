import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { linesOf, type OperatorWorld, openOperatorWorld, state } from './operator-world.ts';

let server: TestRedis;
let world: OperatorWorld;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  world = openOperatorWorld(server.url);
  await world.live();
  await world.pend([state(1), state(2)]);
  return () => world.close();
});

describe('xsoar-intel top', () => {
  it('writes a line and ends, where it is asked for one', async () => {
    const { code, stdout } = await world.run(['top', '--once', '--interval', '100ms']);
    expect(code).toBe(0);
    expect(linesOf(stdout)).toHaveLength(1);
    expect(stdout).toMatch(
      /^\d{4}-\S+Z healthy in=0\/s out=-\/s pending=2 oldest=\d+s active=0 lag=\d+s dead=0 holds=none workers=1 ingest=active empty-in=- caught-up-in=-\n$/,
    );
  });

  it('writes a line a look into a pipe, rates included, until it is interrupted', async () => {
    const top = world.start(['top', '--interval', '200ms']);
    await until('there are lines', () => linesOf(top.output()).length >= 2);
    await world.pend(Array.from({ length: 50 }, (_, n) => state(n)));
    await until('it tells what comes in', () => /in=[1-9]\d*\/s .*pending=50 /.test(top.output()));
    await world.holds.open('operator', { reason: 'x', by: 'y', forMs: null });
    await until('it tells of the hold', () => /degraded .*holds=operator/.test(top.output()));
    top.child.kill('SIGINT');
    expect(await top.ended).toBe(0);
    expect(top.output()).not.toContain('\u001b');
    expect(top.errors()).toBe('');
  });

  it('ends when nobody reads any more', async () => {
    const top = world.start(['top', '--interval', '100ms']);
    await until('there is a line', () => top.output().includes('\n'));
    top.child.stdout.destroy();
    expect(await top.ended).toBe(0);
  });

  it('goes on while Redis is away for a while', async () => {
    const own = await startRedis();
    const world2 = openOperatorWorld(own.url);
    try {
      const top = world2.start(['top', '--interval', '100ms']);
      await until('there is a line', () => top.output().includes(' broken '));
      await own.kill();
      await until('it says so', () => top.output().includes(' unknown: '), { timeoutMs: 15_000 });
      await own.start();
      await until('it goes on', () => /unknown: [\s\S]*\n\S+ broken /.test(top.output()), {
        timeoutMs: 15_000,
      });
      top.child.kill('SIGTERM');
      expect(await top.ended).toBe(0);
    } finally {
      await world2.close();
      await own.stop();
    }
  }, 60_000);

  it('refuses an interval that is none', async () => {
    const { code, stderr } = await world.run(['top', '--interval', 'often']);
    expect(code).toBe(2);
    expect(stderr).toContain('--interval');
  });
});
