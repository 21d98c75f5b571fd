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

it('finds the records that hold a value under another type, and no others', async () => {
  await world.slots.put([state('a', '1-0')]);
  expect((await world.slots.begin('a', 't', 'job')).kind).toBe('leased');
  const wanted = ['Host:a.example', 'Host:b.example', 'Mutex:a.example'];
  const wish = (key: string) => ({ key, contribution: '{"score":3}' });
  await world.slots.plan('a', 't', wanted.map(wish), []);
  expect(await world.slots.kin(['Domain:a.example'])).toEqual([
    'Host:a.example',
    'Mutex:a.example',
  ]);
  expect(await world.slots.kin(['Domain:a.example', 'Host:a.example'])).toEqual([
    'Mutex:a.example',
  ]);
  expect(await world.slots.kin(['Domain:c.example'])).toEqual([]);
});
