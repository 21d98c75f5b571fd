import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { indicator, startWorld, type World } from './world.ts';

const HISTORY = { startAt: null, recoverUntil: null };
const MINUTE = 60_000;
let world: World;
afterEach(() => world.close());

/** A platform with three events, two minutes apart; returns their ids. */
async function platform(): Promise<string[]> {
  let now = Date.now() - 60 * MINUTE;
  world = await startWorld({ now: () => now });
  return [1, 2, 3].map((n) => {
    now += 2 * MINUTE;
    return world.opencti.append({ kind: 'create', object: indicator(n, now) }) ?? '';
  });
}

describe('the first start after the Python connector', () => {
  it('goes on a minute before its place: nothing is lost, little is read twice', async () => {
    const [, second = ''] = await platform();
    const state = `{"start_from": "${second}", "recover_until": "2026-01-01T00:00:00Z"}`;
    world.opencti.connectors.setState(world.connectorId, state);
    const { said } = world.ingest(HISTORY);
    await until('the newest is read', async () => (await world.read()).includes(3));
    // The first lies two minutes before the place and is not read again.
    expect(await world.read()).toEqual([2, 3]);
    expect(world.begins()).toEqual([`${Number.parseInt(second, 10) - MINUTE}-0`]);
    expect(said('going on from the state')).toMatchObject([{ startFrom: second }]);
  });

  it('keeps the state in OpenCTI in the Python connector’s words, so that one can go back', async () => {
    const [, , third = ''] = await platform();
    world.opencti.connectors.setState(world.connectorId, `{"start_from":"${third}"}`);
    world.ingest(HISTORY);
    const record = await until('a ping with the cursor', () => {
      const found = world.opencti.connectors.get(world.connectorId);
      return found?.state?.includes(third) && found.pings > 1 ? found : null;
    });
    expect(JSON.parse(record.state ?? '')).toEqual({ start_from: third, recover_until: false });
    // Not once was the state thrown away on the way.
    expect(record.registrations).toBe(1);
  });

  it('waits for OpenCTI rather than start from the beginning by accident', async () => {
    const [, second = ''] = await platform();
    world.opencti.connectors.setState(world.connectorId, `{"start_from":"${second}"}`);
    const fault = world.opencti.faults.add({
      operations: ['graphql'],
      fault: { kind: 'status', status: 503 },
    });
    const { said, metric } = world.ingest(HISTORY);
    await until('it was refused twice', () => said('what an earlier connector left').length >= 2);
    expect(await world.cursor.read()).toBe('');
    expect(world.opencti.stats().connectionsOpened).toBe(0);
    expect(await metric('xsoar_intel_stream_state{state="waiting"}')).toBe(1);
    world.opencti.faults.remove(fault);
    await until('the newest is read', async () => (await world.read()).includes(3));
    expect(await world.read()).toEqual([2, 3]);
  });

  it('starts as configured once OpenCTI has refused to tell a few times', async () => {
    await platform();
    world.opencti.settings({ capabilities: ['TAXIIAPI'] });
    const { said } = world.ingest(HISTORY);
    await until('all is read', async () => (await world.read()).length === 3, {
      timeoutMs: 30_000,
    });
    expect(said('refuses to tell')).toHaveLength(1);
  }, 40_000);

  it('says that a state is of no use, and starts as configured', async () => {
    await platform();
    world.opencti.connectors.setState(world.connectorId, '{"last_run": 7}');
    const { said } = world.ingest(HISTORY);
    await until('all is read', async () => (await world.read()).length === 3);
    expect(said('says no place')).toMatchObject([{ level: 'error', state: '{"last_run": 7}' }]);
  });
});

it('a cursor in Redis wins, and one that an operator removed is not replaced by OpenCTI’s copy', async () => {
  const [, second = '', third = ''] = await platform();
  world.opencti.connectors.setState(world.connectorId, `{"start_from":"${third}"}`);
  await world.cursor.move('', second);
  const { ingest } = world.ingest(HISTORY);
  await until('the newest is read', async () => (await world.read()).includes(3));
  expect(await world.read()).toEqual([3]);
  await ingest.stop();
  await world.redis.del(world.keys.cursor);
  world.ingest(HISTORY);
  await until('all is read', async () => (await world.read()).length === 3);
});
