import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { openWorld, state } from './world.ts';

let server: TestRedis;
let world: ReturnType<typeof openWorld>;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  world = openWorld(server.url);
  return () => world.close();
});

const wish = (key: string, score = 3) => ({ key, contribution: JSON.stringify({ score }) });

/** Plans a push of an entity, whose state comes with it. */
async function plan(entity: string, wanted: string[], dropped: string[] = []) {
  await world.slots.put([state(entity, '1-0')]);
  expect((await world.slots.begin(entity, `of ${entity}`, 'job')).kind).toBe('leased');
  return world.slots.plan(
    entity,
    `of ${entity}`,
    wanted.map((key) => wish(key)),
    dropped,
  );
}

/** Ends a push of an entity without a write. */
async function release(entity: string, values: string[]) {
  const nothing = { uncertain: false, class: 'none' } as const;
  await world.slots.release(entity, `of ${entity}`, values, nothing);
}

it('plans a value together with what holds it under another type, and with nothing else', async () => {
  const others = ['Host:a.example', 'Mutex:a.example', 'Host:b.example'];
  await plan('a', others);
  await release('a', others);
  expect(await plan('b', ['Domain:a.example'])).toMatchObject({
    kind: 'planned',
    records: [
      { key: 'Domain:a.example', contributions: ['{"score":3}'] },
      { key: 'Host:a.example', contributions: ['{"score":3}'] },
      { key: 'Mutex:a.example', contributions: ['{"score":3}'] },
    ],
  });
  // All of them are leased, and all are given back.
  expect((await plan('c', ['Host:a.example'])).kind).toBe('busy');
  await release('c', []);
  await release('b', ['Domain:a.example', 'Host:a.example', 'Mutex:a.example']);
  expect(await plan('c', ['Account:c.example'], ['Host:a.example'])).toMatchObject({
    records: [
      { key: 'Account:c.example' },
      { key: 'Host:a.example' },
      { key: 'Domain:a.example' },
      { key: 'Mutex:a.example' },
    ],
  });
});

it('of two types that come at the same moment the second waits for the first', async () => {
  expect((await plan('a', ['Domain:a.example'])).kind).toBe('planned');
  expect(await plan('b', ['Host:a.example'])).toMatchObject({ kind: 'busy' });
  // Nothing of the second was written.
  expect(await plan('c', ['Host:b.example'])).toMatchObject({
    records: [{ key: 'Host:b.example' }],
  });
  await release('a', ['Domain:a.example']);
  const second = await world.slots.plan('b', 'of b', [wish('Host:a.example')], []);
  expect(second).toMatchObject({
    records: [{ key: 'Host:a.example' }, { key: 'Domain:a.example' }],
  });
});

it('names a value once that an entity has under two types', async () => {
  expect(await plan('a', ['Domain:a.example', 'Host:a.example'])).toMatchObject({
    records: [{ key: 'Domain:a.example' }, { key: 'Host:a.example' }],
  });
  await release('a', ['Domain:a.example', 'Host:a.example']);
  const again = await world.slots.begin('a', 'of a', 'job');
  expect(again).toMatchObject({ boundValues: ['Domain:a.example', 'Host:a.example'] });
});
