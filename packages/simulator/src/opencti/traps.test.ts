import { expect, test } from 'vitest';
import { generateFeed } from '../generate/feed.ts';
import { indicator } from '../testing/objects.ts';
import { openctiBench } from '../testing/opencti.ts';
import { dataFrames } from '../testing/sse.ts';
import { eventually } from '../testing/wait.ts';

const { start, connect } = openctiBench();

test('after an error event heartbeats go on with a frozen id and nothing else comes', async () => {
  const fake = await start();
  const id = fake.append({ kind: 'create', object: indicator(1) });
  const client = await connect(fake);
  await client.events(1);
  fake.breakConnections();
  const error = await client.until(({ event }) => event === 'error');
  expect(error.id).toBeNull();
  fake.append({ kind: 'create', object: indicator(2) });
  const at = client.frames.length;
  await eventually(() => client.frames.length >= at + 4, 'more heartbeats');
  const after = client.frames.slice(at);
  expect(new Set(after.map(({ event }) => event))).toEqual(new Set(['heartbeat']));
  expect(new Set(after.map((frame) => frame.id)).size).toBe(1);
  expect(id).not.toBeNull();
});

test('a connection can be broken from its start', async () => {
  const fake = await start();
  fake.append({ kind: 'create', object: indicator(1) });
  fake.settings({ errorsAtStart: 1 });
  const client = await connect(fake);
  await client.until(({ event }) => event === 'error');
  const next = await connect(fake);
  await next.events(1);
  expect(dataFrames(client.frames).map(({ event }) => event)).toEqual(['error']);
});

test('a batch can come again, with ids that go back', async () => {
  const fake = await start();
  const ids = [1, 2, 3].map((n) => fake.append({ kind: 'create', object: indicator(n) }));
  const client = await connect(fake);
  await client.events(3);
  fake.resend(2);
  const frames = await client.events(5);
  expect(frames.map(({ id }) => id)).toEqual([...ids, ...ids.slice(1)]);
});

test('connections are cut cleanly or by a reset', async () => {
  const fake = await start();
  const clean = await connect(fake);
  fake.cut('clean');
  expect(await clean.ended).toBe('clean');
  const reset = await connect(fake);
  await reset.until(({ event }) => event === 'connected');
  fake.cut('reset');
  expect(await reset.ended).toBe('error');
});

test('a stalled line is open and silent, for old and new connections, until it is released', async () => {
  const fake = await start();
  const client = await connect(fake);
  await client.until(({ event }) => event === 'heartbeat');
  fake.settings({ stall: true });
  const at = client.frames.length;
  fake.append({ kind: 'create', object: indicator(1) });
  const late = connect(fake);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(client.frames).toHaveLength(at);
  fake.settings({ stall: false });
  await client.events(1);
  expect((await late).status).toBe(200);
});

test('writes may be cut anywhere, also inside a UTF-8 sequence', async () => {
  const fake = await start();
  fake.settings({ splitBytes: 1 });
  const object = indicator(1, { name: 'Zoë 漢字 🦊', labels: ['é'] });
  fake.append({ kind: 'create', object });
  const client = await connect(fake);
  const [frame] = await client.events(1);
  expect(JSON.parse(frame?.data ?? '').data).toEqual(object);
  await client.until(({ event }) => event === 'heartbeat');
});

test('a wiped stream starts with ids below the cursor: it is mute, and the bounds show it', async () => {
  let now = 2_000_000;
  const fake = await start({ now: () => now });
  const old = fake.append({ kind: 'create', object: indicator(1) });
  const before = await connect(fake);
  await before.events(1);
  now = 1_000_000;
  fake.wipe();
  const fresh = fake.append({ kind: 'create', object: indicator(2) });
  expect(fresh).toBe('1000000-0');
  const client = await connect(fake, `from=${old}`);
  const connected = await client.until(({ event }) => event === 'connected');
  expect(JSON.parse(connected.data ?? '')).toMatchObject({
    lastEventId: fresh,
    firstEventId: fresh,
  });
  await client.until(({ event }) => event === 'heartbeat');
  expect(dataFrames(client.frames)).toEqual([]);
  now = 3_000_000;
  const passed = fake.append({ kind: 'create', object: indicator(3) });
  expect((await client.events(1))[0]?.id).toBe(passed);
  expect((await before.events(2))[1]?.id).toBe(passed);
});

test('the server stops writing to a client that does not read, and goes on when it does', async () => {
  const fake = await start();
  const client = await connect(fake);
  await client.until(({ event }) => event === 'connected');
  client.pause();
  const events = 20_000;
  const { finished } = fake.play(generateFeed({ events, seed: 3 }));
  await finished;
  const blocked = await eventually(() => {
    const [stats] = fake.stats().connections;
    return stats && stats.blockedSince !== null ? stats : undefined;
  }, 'blocked');
  expect(blocked.written).toBeLessThan(events);
  expect(blocked.bufferedBytes).toBeLessThan(2 * 1024 * 1024);
  const beats = blocked.heartbeats;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(fake.stats().connections[0]).toMatchObject({
    written: blocked.written,
    heartbeats: beats,
  });
  client.resume();
  const total = fake.stats().events.total;
  await eventually(() => {
    const [stats] = fake.stats().connections;
    return stats && stats.written - stats.dependencies === total;
  }, 'everything written');
}, 30_000);

test('an old platform writes on to a client that does not read', async () => {
  const fake = await start({ backPressure: false });
  const client = await connect(fake);
  await client.until(({ event }) => event === 'connected');
  client.pause();
  await fake.play(generateFeed({ events: 5000, seed: 3 })).finished;
  await eventually(() => {
    const [stats] = fake.stats().connections;
    return stats && stats.written - stats.dependencies === 5000;
  }, 'everything written');
  expect(fake.stats().connections[0]?.bufferedBytes).toBeGreaterThan(1024 * 1024);
  client.close();
});

test('two connections are independent and each gets everything', async () => {
  const fake = await start();
  const clients = [await connect(fake), await connect(fake)];
  await fake.play(generateFeed({ events: 300, seed: 2 })).finished;
  const streams = await Promise.all(
    clients.map(async (client) => {
      const { connections, events } = fake.stats();
      const dependencies = Math.max(...connections.map((one) => one.dependencies));
      await eventually(() => dataFrames(client.frames).length >= events.total + dependencies);
      return dataFrames(client.frames).map(({ id, event }) => `${id} ${event}`);
    }),
  );
  expect(streams[0]).toEqual(streams[1]);
});
