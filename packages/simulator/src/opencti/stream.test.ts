import { expect, test } from 'vitest';
import { authors } from '../generate/authors.ts';
import { indicator } from '../testing/objects.ts';
import { openctiBench } from '../testing/opencti.ts';
import { dataFrames, openSse } from '../testing/sse.ts';
import { eventually } from '../testing/wait.ts';

const { start, connect } = openctiBench();
const author = authors[0];
if (!author) throw new Error('there are authors');
const json = (text: string | null): Record<string, unknown> => JSON.parse(text ?? 'null');

test('the first event is `connected`, without an id, with the bounds of the stream', async () => {
  const fake = await start();
  const first = fake.append({ kind: 'create', object: indicator(1) });
  const last = fake.append({ kind: 'create', object: indicator(2) });
  const client = await connect(fake);
  const frame = await client.until(({ event }) => event === 'connected');
  expect(client.frames[0]).toBe(frame);
  expect(frame.id).toBeNull();
  expect(json(frame.data)).toMatchObject({ firstEventId: first, lastEventId: last, streamSize: 2 });
  expect(client.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  expect(client.headers['cache-control']).toBe('no-cache, no-transform');
  expect(client.headers['transfer-encoding']).toBe('chunked');
});

test('a live event has id, name and the whole object', async () => {
  const fake = await start();
  const client = await connect(fake);
  const id = fake.append({ kind: 'create', object: indicator(1) });
  const [frame] = await client.events(1);
  expect(frame).toMatchObject({ id, event: 'create' });
  expect(json(frame?.data ?? null)).toMatchObject({
    version: '4',
    type: 'create',
    scope: 'external',
    message: 'creates a Indicator `203.0.113.1`',
    data: indicator(1),
  });
});

test('without a start position only what comes after the connection is sent', async () => {
  const fake = await start();
  fake.append({ kind: 'create', object: indicator(1) });
  const client = await connect(fake, '');
  await client.until(({ event }) => event === 'connected');
  const id = fake.append({ kind: 'create', object: indicator(2) });
  expect((await client.events(1)).map((frame) => frame.id)).toEqual([id]);
});

test('resuming is exclusive', async () => {
  const fake = await start();
  const ids = [1, 2, 3].map((n) => fake.append({ kind: 'create', object: indicator(n) }));
  const client = await connect(fake, '', { 'last-event-id': ids[0] ?? '' });
  expect((await client.events(2)).map(({ id }) => id)).toEqual(ids.slice(1));
});

test('a position that is no id leaves the connection open and silent', async () => {
  const fake = await start();
  fake.append({ kind: 'create', object: indicator(1) });
  const silent = await connect(fake, 'from=abc-1');
  const other = await connect(fake);
  await other.events(1);
  await other.until(({ event }) => event === 'heartbeat');
  expect(silent.frames.map(({ event }) => event)).toEqual(['connected']);
});

test('a cursor that is older than what is retained jumps without a word', async () => {
  const fake = await start({ retention: 2 });
  const ids = [1, 2, 3, 4].map((n) => fake.append({ kind: 'create', object: indicator(n) }));
  const client = await connect(fake, `from=${ids[0]}`);
  expect((await client.events(2)).map(({ id }) => id)).toEqual(ids.slice(2));
  expect(json(client.frames[0]?.data ?? null)).toMatchObject({ firstEventId: ids[2] });
});

test('heartbeats carry the last id and its date, and the clock once nothing comes', async () => {
  const fake = await start();
  const id = fake.append({ kind: 'create', object: indicator(1) });
  const client = await connect(fake);
  await client.events(1);
  const idle = await client.until(
    (frame) => frame.event === 'heartbeat' && frame.id !== '0-0' && frame.id !== id,
  );
  const ms = Number(idle.id?.split('-')[0]);
  expect(idle.id).toBe(`${ms}-0`);
  expect(Math.abs(ms - Date.now())).toBeLessThan(5000);
  expect(json(idle.data)).toBe(new Date(ms).toISOString());
});

test('with a start of 0-0 and nothing to send the heartbeat shows 1970', async () => {
  const fake = await start({ blockMs: 60_000 });
  const client = await connect(fake);
  const beat = await client.until(({ event }) => event === 'heartbeat');
  expect(beat).toMatchObject({ id: '0-0', data: '"1970-01-01T00:00:00.000Z"' });
});

test('metrics follow the heartbeat with the same id', async () => {
  const fake = await start({ consumerMetrics: true });
  const client = await connect(fake);
  const metrics = await client.until(({ event }) => event === 'consumer_metrics');
  const at = client.frames.indexOf(metrics);
  expect(client.frames[at - 1]).toMatchObject({ event: 'heartbeat', id: metrics.id });
  expect(json(metrics.data)).toHaveProperty('timeLag');
  expect(json(metrics.data)).not.toHaveProperty('data');
});

test('author and markings come first, with the id of the event that needs them, once per connection', async () => {
  const fake = await start();
  fake.append({ kind: 'reference', object: author });
  const green = 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da';
  const refs = { created_by_ref: author.id, object_marking_refs: [green] };
  const a = fake.append({ kind: 'create', object: indicator(1, refs) });
  const b = fake.append({ kind: 'create', object: indicator(2, refs) });
  const client = await connect(fake, 'from=0-0&no-dependencies=true');
  const frames = await client.events(4);
  expect(frames.map(({ id }) => id)).toEqual([a, a, a, b]);
  expect(frames.map(({ data }) => (json(data).data as { type: string }).type)).toEqual([
    'identity',
    'marking-definition',
    'indicator',
    'indicator',
  ]);
  const dependency = json(frames[0]?.data ?? null);
  expect(dependency.origin).toEqual({ referer: 'init-dependencies' });
  expect(dependency).not.toHaveProperty('type');
  expect(dependency).not.toHaveProperty('scope');
  const again = await connect(fake, `from=${a}`);
  expect((await again.events(3)).map(({ id }) => id)).toEqual([b, b, b]);
});

test('the line can be held between a dependency and its main event, and heartbeats go on with the id', async () => {
  const fake = await start();
  fake.append({ kind: 'reference', object: author });
  fake.settings({ pauseBeforeMain: true });
  const id = fake.append({ kind: 'create', object: indicator(1, { created_by_ref: author.id }) });
  const client = await connect(fake);
  await client.events(1);
  await client.until((frame) => frame.event === 'heartbeat' && frame.id === id);
  expect(fake.stats().pausedBeforeMain).toBe(1);
  expect(dataFrames(client.frames)).toHaveLength(1);
  // A client that saves this id and reconnects has lost the event for ever.
  const lost = await connect(fake, `from=${id}`);
  await lost.until(({ event }) => event === 'heartbeat');
  expect(dataFrames(lost.frames)).toEqual([]);
  fake.settings({ pauseBeforeMain: false });
  const frames = await client.events(2);
  expect(frames[1]).toMatchObject({ id, event: 'create' });
});

test('relations around an object are sent unless the client declines dependencies', async () => {
  const fake = await start();
  const target = { ...indicator(2), revoked: true };
  fake.append({ kind: 'reference', object: target });
  const about = indicator(1);
  const relation = {
    ...indicator(3),
    id: 'relationship--1',
    type: 'relationship',
    relationship_type: 'based-on',
    source_ref: about.id,
    target_ref: target.id,
  };
  fake.append({ kind: 'reference', object: relation });
  fake.append({ kind: 'create', object: about });
  const types = async (query: string, count: number) => {
    const client = await connect(fake, query);
    return (await client.events(count)).map(({ data }) => (json(data).data as { id: string }).id);
  };
  expect(await types('from=0-0', 3)).toEqual([target.id, 'relationship--1', about.id]);
  expect(await types('from=0-0&no-dependencies=true', 1)).toEqual([about.id]);
});

test('what leaves the filter is a delete around an update, with the object after the change', async () => {
  const fake = await start({ filter: { types: ['indicator'], revoked: false } });
  fake.append({ kind: 'create', object: indicator(1) });
  fake.append({ kind: 'update', object: indicator(1, { revoked: true }) });
  fake.append({ kind: 'update', object: indicator(1, { revoked: false }) });
  const client = await connect(fake);
  const frames = await client.events(3);
  expect(frames.map(({ event }) => event)).toEqual(['create', 'delete', 'create']);
  const left = json(frames[1]?.data ?? null);
  expect(left).toMatchObject({ type: 'update', data: { revoked: true } });
  expect(left.context).toMatchObject({
    patch: [{ op: 'replace', path: '/revoked', value: true }],
    reverse_patch: [{ op: 'replace', path: '/revoked', value: false }],
  });
  expect(json(frames[2]?.data ?? null)).toMatchObject({ type: 'update' });
});

test('with listen-delete off neither deletes nor leavings are sent', async () => {
  const fake = await start({ filter: { types: ['indicator'], revoked: false } });
  fake.append({ kind: 'create', object: indicator(1) });
  fake.append({ kind: 'update', object: indicator(1, { revoked: true }) });
  fake.append({ kind: 'create', object: indicator(2) });
  fake.append({ kind: 'delete', id: indicator(2).id });
  const last = fake.append({ kind: 'create', object: indicator(3) });
  const client = await connect(fake, 'from=0-0&listen-delete=false');
  const frames = await client.events(3);
  expect(frames.map(({ event }) => event)).toEqual(['create', 'create', 'create']);
  expect(frames[2]?.id).toBe(last);
});

test('a delete carries the object as it was, without context', async () => {
  const fake = await start();
  fake.append({ kind: 'create', object: indicator(1) });
  fake.append({ kind: 'delete', id: indicator(1).id });
  const frames = await (await connect(fake)).events(2);
  const deleted = json(frames[1]?.data ?? null);
  expect(frames[1]?.event).toBe('delete');
  expect(deleted).toMatchObject({ type: 'delete', data: indicator(1) });
  expect(deleted).not.toHaveProperty('context');
});

test('a merge names the merged-away objects in its context and sends no delete for them', async () => {
  const fake = await start();
  fake.append({ kind: 'create', object: indicator(1) });
  fake.append({ kind: 'create', object: indicator(2) });
  fake.append({
    kind: 'merge',
    object: indicator(1, { labels: ['m'] }),
    sources: [indicator(2).id],
  });
  const frames = await (await connect(fake)).events(3);
  expect(frames[2]?.event).toBe('merge');
  expect(json(frames[2]?.data ?? null)).toMatchObject({ context: { sources: [indicator(2)] } });
});

test('inferred objects come only to those who ask', async () => {
  const fake = await start();
  fake.append({ kind: 'create', object: indicator(1, {}, { is_inferred: true }) });
  const last = fake.append({ kind: 'create', object: indicator(2) });
  const plain = await connect(fake);
  expect((await plain.events(1))[0]?.id).toBe(last);
  const asking = await connect(fake, 'from=0-0&with-inferences=true');
  expect(await asking.events(2)).toHaveLength(2);
});

test('raw text goes out verbatim, with the id where asked for', async () => {
  const fake = await start();
  const id = fake.appendRaw('id: {id}\nevent: create\ndata: {"truncated":\n\n');
  fake.appendRaw('id: nonsense\nevent: update\n\n');
  fake.appendRaw(`id: {id}\nevent: create\ndata: "${'x'.repeat(5_000_000)}"\n\n`);
  const client = await connect(fake);
  const frames = await client.events(3);
  expect(frames[0]).toEqual({ id, event: 'create', data: '{"truncated":' });
  expect(frames[1]).toEqual({ id: 'nonsense', event: 'update', data: null });
  expect(frames[2]?.data).toHaveLength(5_000_002);
});

test('errors before the stream have an empty body and a reason phrase', async () => {
  const fake = await start();
  const refused = async (path: string, token: string) => {
    const client = await openSse(`${fake.url}${path}`, { authorization: `Bearer ${token}` });
    expect(client.headers['content-length']).toBe('0');
    return `${client.status} ${client.reason}`;
  };
  const path = `/stream/${fake.streamId}`;
  expect(await refused(path, 'wrong')).toBe(
    '401 You are not authenticated, please check your credentials',
  );
  expect(await refused('/stream/unknown', fake.token)).toBe(
    '401 You are not authorized, please check your credentials',
  );
  fake.settings({ capabilities: ['KNOWLEDGE'] });
  expect(await refused(path, fake.token)).toBe(
    '401 You are not authorized, please check your credentials',
  );
  fake.stop();
  // Before any authentication.
  expect(await refused(path, 'wrong')).toBe('410 This live stream is stopped');
});

test('stopping ends open connections cleanly, and a stop for a time ends by itself', async () => {
  const fake = await start();
  const client = await connect(fake);
  fake.stop({ forMs: 60 });
  expect(await client.ended).toBe('clean');
  expect((await connect(fake)).status).toBe(410);
  await eventually(() => fake.stats().running, 'running again');
  expect((await connect(fake)).status).toBe(200);
});

test('whoever loses access sees a clean end', async () => {
  const fake = await start();
  const client = await connect(fake);
  fake.settings({ token: 'another' });
  expect(await client.ended).toBe('clean');
  expect((await connect(fake)).status).toBe(401);
});
