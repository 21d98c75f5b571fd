import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { indicator, startWorld, type World } from './world.ts';

const HISTORY = { startAt: null, recoverUntil: null };
let world: World;
beforeEach(async () => {
  world = await startWorld();
  for (const n of [1, 2]) {
    world.opencti.append({ kind: 'create', object: indicator(n, Date.now()) });
  }
});
afterEach(() => world.close());

const connector = () => world.opencti.connectors.get(world.connectorId);

/** Starts an ingest and waits until OpenCTI holds its cursor. */
async function settled() {
  const started = world.ingest(HISTORY);
  await until('OpenCTI holds the cursor', () => connector()?.state?.includes('start_from'));
  return started;
}

it('a reset in OpenCTI restarts the reading as configured and drops no queued work', async () => {
  const { said, metric } = await settled();
  expect(await world.read()).toEqual([1, 2]);
  const before = await world.cursor.read();
  world.opencti.connectors.reset(world.connectorId);
  await until('it reads anew', () => world.begins().includes('0-0') && said('was reset').length);
  expect(said('was reset')).toMatchObject([
    { level: 'warn', cursor: before, between: { from: expect.any(String) } },
  ]);
  expect(await metric('xsoar_intel_state_resets_total')).toBe(1);
  expect(await world.read()).toEqual([1, 2]);
  await until('the cursor is told again', () => connector()?.state?.includes('start_from'));
  // Answered once, acted upon once.
  const pings = connector()?.pings ?? 0;
  await until('more pings', () => (connector()?.pings ?? 0) >= pings + 3);
  expect(said('was reset')).toHaveLength(1);
});

it('an answer with an older state is no reset, be it another state or none', async () => {
  world.opencti.settings({ staleEcho: true });
  const { said } = await settled();
  // The very first echo after a ping without a state was empty: looked at again, and dismissed.
  for (let n = 3; n < 8; n += 1) {
    world.opencti.append({ kind: 'create', object: indicator(n, Date.now()) });
    const pings = connector()?.pings ?? 0;
    await until('another ping', () => (connector()?.pings ?? 0) > pings);
  }
  await until('all is read', async () => (await world.read()).length === 7);
  expect(said('was reset')).toEqual([]);
  expect(world.opencti.stats().connectionsOpened).toBe(1);
});

it('a reset whose answer was lost is found by looking, since OpenCTI answers it once only', async () => {
  const { said } = await settled();
  world.opencti.connectors.reset(world.connectorId);
  // The ping arrives and is answered, but the answer does not come back.
  world.opencti.faults.add({
    operations: ['graphql'],
    times: 1,
    fault: { kind: 'reset', when: 'after' },
  });
  await until('it reads anew', () => said('was reset').length === 1);
  expect(said('does not show')).toHaveLength(1);
});

it('a reset while no ingest ran is found at the next start', async () => {
  const { ingest } = await settled();
  await ingest.stop();
  world.opencti.connectors.reset(world.connectorId);
  const { said } = world.ingest(HISTORY);
  await until('it reads anew', () => said('was reset').length === 1);
});

it('a connector that was deleted in OpenCTI registers again and goes on where it was', async () => {
  const { said } = await settled();
  world.opencti.connectors.remove(world.connectorId);
  await until('it is there again', () => connector()?.state?.includes('start_from'));
  expect(said('was reset')).toEqual([]);
});

it('a former leader that confirms a reset too late cannot move the cursor (law L9)', async () => {
  await settled();
  // Another ingest has moved the cursor behind the back of this one.
  const stored = await world.cursor.read();
  await world.redis.set(world.keys.cursor, '9000000000000-0');
  world.opencti.connectors.reset(world.connectorId);
  await until('the reset was seen', () => connector()?.resetPending === false);
  expect(stored).not.toBe('');
  await until('reading goes on from the stored one', () =>
    world.begins().includes('9000000000000-0'),
  );
});
