import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { openWorld } from './world.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe('the cursor', () => {
  it('moves only from the value that the mover wrote or read last', async () => {
    const { cursor, close } = openWorld(server.url);
    expect(await cursor.read()).toBe('');
    expect(await cursor.move('', '10-0')).toEqual({ moved: true, stored: '10-0', pending: 0 });
    // Another ingest, or a Redis that lost its last second: refused, with what is there.
    expect(await cursor.move('12-0', '13-0')).toEqual({ moved: false, stored: '10-0', pending: 0 });
    expect(await cursor.move('10-0', '11-0')).toMatchObject({ moved: true });
    await close();
  });

  it('takes a repeated move for the success that it is', async () => {
    const { cursor, close } = openWorld(server.url);
    await cursor.move('', '10-0');
    // The reply to the move was lost and ioredis sent it again.
    expect(await cursor.move('', '10-0')).toMatchObject({ moved: true, stored: '10-0' });
    await close();
  });
});
