import { expect, test } from 'vitest';
import { authors } from '../generate/authors.ts';
import { indicator } from '../testing/objects.ts';
import { openctiBench } from '../testing/opencti.ts';
import { dataFrames } from '../testing/sse.ts';

const { start, connect } = openctiBench();
const json = (text: string | null): Record<string, unknown> => JSON.parse(text ?? 'null');

/** The objects of the tests are changed at 09:00:0n; the platform's clock is later. */
const from = `${Date.UTC(2026, 7, 20, 9, 0, 2)}-0`;
const later = encodeURIComponent('2026-08-20T09:30:00.000Z');

test('recovery sends the newest state in order of change, both bounds included, then goes live', async () => {
  const fake = await start();
  for (const n of [4, 3, 2, 1]) fake.append({ kind: 'create', object: indicator(n) });
  const client = await connect(fake, `from=${from}&recover=${later}`);
  // Three recovered, then all four live ones, whose ids are of today.
  const frames = await client.events(7);
  const [first] = frames;
  expect(frames.slice(0, 3).map(({ id }) => id)).toEqual(
    [2, 3, 4].map((n) => `${Date.UTC(2026, 7, 20, 9, 0, n)}-0`),
  );
  expect(first?.event).toBe('create');
  const body = json(first?.data ?? null);
  expect(body).toMatchObject({ origin: { referer: 'init-create' }, data: indicator(2) });
  expect(body).not.toHaveProperty('type');
  expect(body).not.toHaveProperty('event_id');
  expect(fake.stats().connections[0]).toMatchObject({ state: 'live', recovered: 3 });
});

test('objects changed after the date are left to the live part', async () => {
  const fake = await start();
  for (const n of [1, 2, 3]) fake.append({ kind: 'create', object: indicator(n) });
  const until = encodeURIComponent('2026-08-20T09:00:02.000Z');
  const client = await connect(fake, `from=0-0&recover=${until}`);
  await client.events(5);
  expect(fake.stats().connections[0]).toMatchObject({ recovered: 2, written: 5 });
});

test('recovery never sends what was deleted, and only the last version', async () => {
  const fake = await start({ retention: 1 });
  fake.append({ kind: 'create', object: indicator(1) });
  fake.append({ kind: 'create', object: indicator(2) });
  fake.append({ kind: 'delete', id: indicator(1).id });
  fake.append({ kind: 'update', object: indicator(2, { labels: ['new'] }) });
  const client = await connect(fake, `from=0-0&recover=${later}`);
  const frames = await client.events(2);
  expect(frames.map(({ event }) => event)).toEqual(['create', 'update']);
  expect(json(frames[0]?.data ?? null).data).toEqual(indicator(2, { labels: ['new'] }));
});

test('what changes while recovery is under way moves behind it, and what is deleted is not sent', async () => {
  const fake = await start();
  const author = authors[0];
  if (!author) throw new Error('there are authors');
  fake.append({ kind: 'reference', object: author });
  fake.append({ kind: 'create', object: indicator(1, { created_by_ref: author.id }) });
  for (const n of [2, 3, 4]) fake.append({ kind: 'create', object: indicator(n) });
  // It stops between the author and the first indicator.
  fake.settings({ pauseBeforeMain: true });
  const client = await connect(fake, `from=0-0&recover=${later}`);
  await client.events(1);
  fake.append({ kind: 'delete', id: indicator(2).id });
  const at = '2026-08-20T09:00:09.000Z';
  fake.append({ kind: 'update', object: indicator(3, { labels: ['new'] }, { updated_at: at }) });
  fake.settings({ pauseBeforeMain: false });
  const frames = await client.events(4);
  const objects = frames.slice(1).map(({ data }) => json(data).data);
  expect(objects).toMatchObject(
    [indicator(1).id, indicator(4).id, indicator(3).id].map((id) => ({ id })),
  );
  expect(objects[2]).toMatchObject({ labels: ['new'] });
});

test('dependencies precede recovered objects with the same id', async () => {
  const fake = await start();
  const author = authors[0];
  if (!author) throw new Error('there are authors');
  fake.append({ kind: 'reference', object: author });
  fake.append({ kind: 'create', object: indicator(2, { created_by_ref: author.id }) });
  const client = await connect(fake, `from=0-0&recover=${later}`);
  const frames = await client.events(2);
  expect(frames[0]?.id).toBe(frames[1]?.id);
  expect(json(frames[0]?.data ?? null)).toMatchObject({ data: { type: 'identity' } });
});

test('recovery without a start is a 200 with an error event, no content type and no heartbeat', async () => {
  const fake = await start();
  const client = await connect(fake, `recover=${later}`);
  expect(client.status).toBe(200);
  expect(client.headers['content-type']).toBeUndefined();
  const frame = await client.until(({ event }) => event === 'error');
  expect(json(frame.data)).toMatchObject({ stream: fake.streamId });
  const other = await connect(fake);
  await other.until(({ event }) => event === 'heartbeat');
  expect(client.frames).toHaveLength(1);
});

test('a recover date before the start asks for nothing', async () => {
  const fake = await start();
  const id = fake.append({ kind: 'create', object: indicator(1) });
  const client = await connect(fake, `from=2026-08-20T10:00:00Z&recover=${later}`);
  const frames = await client.events(1);
  expect(frames[0]?.id).toBe(id);
  expect(fake.stats().connections[0]?.recovered).toBe(0);
});

test('a stream with origin filters refuses recovery by `no-recover` and starts at its date', async () => {
  const fake = await start();
  fake.settings({ originFilters: true });
  const id = fake.append({ kind: 'create', object: indicator(1) });
  const client = await connect(fake, `from=0-0&recover=${later}`);
  const frames = await client.events(2);
  expect(frames[0]?.event).toBe('no-recover');
  expect(frames[0]?.id).toMatch(/^\d+-0$/);
  expect(json(frames[0]?.data ?? null)).toMatchObject({
    resume_from: `${Date.parse('2026-08-20T09:30:00.000Z')}-0`,
  });
  expect(frames[1]?.id).toBe(id);
  expect(dataFrames(client.frames)).toHaveLength(2);
});
