import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { openWorld, state } from './world.ts';

let server: TestRedis;
let world: ReturnType<typeof openWorld>;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(async () => {
  world = openWorld(server.url);
  await world.slots.put([state('a', '1-0'), state('b', '1-0')]);
  return () => world.close();
});

const open = (forMs: number | null) =>
  world.holds.open('outage', { reason: 'XSOAR is down', by: 'w1', forMs });

describe('a hold', () => {
  it('lets nobody through before its time', async () => {
    await open(60_000);
    const begun = await world.slots.begin('a', 't', 'j');
    expect(begun).toMatchObject({ kind: 'held', hold: 'outage' });
    if (begun.kind === 'held') expect(begun.waitMs).toBeGreaterThan(50_000);
  });

  it('without an end holds until somebody clears it', async () => {
    await world.holds.open('operator', { reason: 'maintenance', by: 'ana', forMs: null });
    expect(await world.slots.begin('a', 't', 'j')).toEqual({
      kind: 'held',
      hold: 'operator',
      waitMs: null,
    });
    await world.holds.clear('operator');
    expect((await world.slots.begin('a', 't', 'j')).kind).toBe('leased');
  });

  it('lets one probe through when its time has come, and the rest after the probe', async () => {
    await open(10);
    const probe = await until('the probe goes', async () => {
      const begun = await world.slots.begin('a', 'ta', 'j');
      return begun.kind === 'leased' ? begun : null;
    });
    expect(probe.probes).toEqual(['outage']);
    expect((await world.slots.begin('b', 'tb', 'j')).kind).toBe('held');
    await world.holds.clear('outage');
    expect(await world.slots.begin('b', 'tb', 'j')).toMatchObject({ kind: 'leased', probes: [] });
  });

  it('is one hold when jobs that fail at the same moment open it', async () => {
    const opened = await Promise.all(Array.from({ length: 20 }, () => open(60_000)));
    expect(new Set(opened.map(({ since }) => since)).size).toBe(1);
    expect(opened.map(({ times }) => times)).toEqual(opened.map(() => 1));
    expect(opened.filter(({ changed }) => changed)).toHaveLength(1);
  });

  it('is prolonged by a probe, and by no failure before', async () => {
    await open(10);
    await until(
      'its time is up',
      async () => (await world.slots.begin('a', 'ta', 'j')).kind === 'leased',
    );
    expect(await open(60_000)).toMatchObject({ changed: true, times: 2 });
    expect(await open(10)).toMatchObject({ changed: false, times: 2 });
  });

  it('is probed together with others whose time is up', async () => {
    await open(10);
    await world.holds.open('credentials', { reason: 'HTTP 401', by: 'w1', forMs: 10 });
    const probe = await until('the probe goes', async () => {
      const begun = await world.slots.begin('a', 'ta', 'j');
      return begun.kind === 'leased' ? begun : null;
    });
    expect([...probe.probes].sort()).toEqual(['credentials', 'outage']);
  });

  // Redis tells holds in an order of its own, so both orders are tried.
  it.each([
    ['outage', 'credentials'],
    ['credentials', 'outage'],
  ] as const)('of kind %s is not probed by somebody whom %s stops', async (over, stands) => {
    await world.holds.open(over, { reason: 'it was', by: 'w1', forMs: 1 });
    await world.holds.open(stands, { reason: 'it is', by: 'w1', forMs: 60_000 });
    await until('its time is up', async () => {
      const hold = (await world.holds.list()).find(({ kind }) => kind === over);
      const [seconds, micros] = (await world.redis.time()).map(Number);
      return Number(seconds) * 1_000 + Number(micros) / 1_000 > (hold?.until ?? 0) + 1;
    });
    expect(await world.slots.begin('a', 'ta', 'j')).toMatchObject({ hold: stands });
    await world.holds.clear(stands);
    expect(await world.slots.begin('b', 'tb', 'j')).toMatchObject({ probes: [over] });
  });

  it('stays cleared when a probe that found nothing out comes back late', async () => {
    await open(60_000);
    await Promise.all([world.holds.clear('outage'), world.holds.releaseProbe('outage')]);
    expect(await world.holds.list()).toEqual([]);
  });

  it('gives the probe to another job when the first found nothing out', async () => {
    await open(10);
    await until('the probe goes', async () => {
      return (await world.slots.begin('a', 'ta', 'j')).kind === 'leased';
    });
    await world.holds.releaseProbe('outage');
    expect(await world.slots.begin('b', 'tb', 'j')).toMatchObject({ probes: ['outage'] });
  });

  it('keeps since when and counts how often it was prolonged', async () => {
    const first = await open(1);
    const second = await until('its time is up', async () => {
      const again = await open(20);
      return again.changed ? again : null;
    });
    expect(second).toMatchObject({ since: first.since, times: 2, by: 'w1' });
    expect(await world.holds.list()).toMatchObject([{ kind: 'outage', times: 2 }]);
  });
});
