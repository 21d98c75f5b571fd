import { createDeployments, type Deployments } from '@xsoar-intel/pipeline';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { openWorld } from './world.ts';

let server: TestRedis;
let world: ReturnType<typeof openWorld>;
let deployments: Deployments;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  world = openWorld(server.url);
  deployments = createDeployments(world.redis, world.keys, 3);
});
afterEach(() => world.close());

const at = 1_790_000_000_000;
const told = async () =>
  (await deployments.waiting(10)).map(({ entityId, status }) => `${entityId} ${status}`);

it('the newest word of an entity counts and keeps the place of the first', async () => {
  await deployments.note('a', '10-0', { status: 'deployed', at });
  await deployments.note('b', '11-0', { status: 'failed', at, cause: 'XSOAR refused it' });
  await deployments.note('a', '12-0', { status: 'removed', at });
  // A worker that is late does not undo it, though 9 is greater than 1 as text.
  await deployments.note('a', '9-0', { status: 'deployed', at });
  expect(await told()).toEqual(['a removed', 'b failed']);
  // A resync pushes the same version again.
  await deployments.note('a', '12-0', { status: 'deployed', at });
  await deployments.note('b', '', { status: 'deployed', at });
  expect(await told()).toEqual(['a deployed', 'b deployed']);
});

it('beyond the bound the oldest go, and it is told how many', async () => {
  const note = (entity: string) => deployments.note(entity, '1-0', { status: 'deployed', at });
  for (const [index, entity] of ['a', 'b', 'c'].entries()) {
    expect(await note(entity)).toBe(0);
    // Noted within one millisecond their places would be those of the alphabet anyway.
    await world.redis.zadd(world.keys.deployments, 'XX', 3 - index, entity);
  }
  expect(await note('d')).toBe(1);
  expect(await told()).toEqual(['b deployed', 'a deployed', 'd deployed']);
  expect(await world.redis.hlen(world.keys.deploymentReports)).toBe(3);
});

it('what was reported goes, unless a newer word came meanwhile', async () => {
  await deployments.note('a', '1-0', { status: 'deployed', at });
  await deployments.note('b', '1-0', { status: 'deployed', at });
  const sent = await deployments.waiting(10);
  await deployments.note('b', '2-0', { status: 'removed', at });
  await deployments.drop(sent);
  expect(await told()).toEqual(['b removed']);
  expect(await deployments.size()).toBe(1);
});

it('while OpenCTI takes no reports nothing is noted, and what waited is gone', async () => {
  await deployments.note('a', '1-0', { status: 'deployed', at });
  await deployments.turnOff(60_000);
  expect(await deployments.note('b', '1-0', { status: 'deployed', at })).toBeNull();
  expect(await deployments.size()).toBe(0);
  await deployments.turnOff(0);
  expect(await deployments.note('b', '1-0', { status: 'deployed', at })).toBe(0);
});
