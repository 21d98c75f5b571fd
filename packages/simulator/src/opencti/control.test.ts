import { expect, test } from 'vitest';
import { indicator } from '../testing/objects.ts';
import { openctiBench } from '../testing/opencti.ts';
import { eventually } from '../testing/wait.ts';

const { start, connect } = openctiBench();

async function post(url: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, ...((await response.json()) as Record<string, unknown>) };
}

const ndjson = async (url: string): Promise<Record<string, unknown>[]> =>
  (await (await fetch(url)).text())
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('operations come in as NDJSON, bad lines are reported and the rest is applied', async () => {
  const fake = await start();
  const lines = [
    JSON.stringify({ kind: 'create', object: indicator(1) }),
    '{"kind":',
    JSON.stringify({ kind: 'explode' }),
    JSON.stringify({ kind: 'delete', id: 'nobody' }),
    JSON.stringify({ kind: 'update', object: indicator(1, { labels: ['x'] }) }),
  ].join('\n');
  const answer = await post(`${fake.url}/sim/events`, lines);
  expect(answer).toMatchObject({ status: 200, appended: 2, badCount: 3 });
  expect((answer.bad as { line: number }[]).map(({ line }) => line)).toEqual([2, 3, 4]);
  expect(answer.lastId).toBe(fake.stats().events.lastId);
  const state = await ndjson(`${fake.url}/sim/state`);
  expect(state.filter(({ type }) => type === 'indicator')).toEqual([
    indicator(1, { labels: ['x'] }),
  ]);
  expect(await ndjson(`${fake.url}/sim/expectations`)).toMatchObject([
    { stixId: indicator(1).id, score: 3, tags: ['x'], basis: 'derived' },
  ]);
});

test('STIX objects come in as NDJSON and become events', async () => {
  const fake = await start();
  const object = {
    type: 'indicator',
    id: 'indicator--a',
    pattern: "[url:value = 'http://a.test']",
  };
  const answer = await post(
    `${fake.url}/sim/objects`,
    `${JSON.stringify(object)}\n{"type":"indicator","id":"indicator--b"}\n`,
  );
  expect(answer).toMatchObject({ appended: 1, badCount: 1 });
  expect(fake.object('indicator--a')).toMatchObject({ pattern_type: 'stix' });
});

test('a generator can be played, raw text appended and settings turned from outside', async () => {
  const fake = await start();
  const client = await connect(fake);
  expect(await post(`${fake.url}/sim/play`, { generator: { events: 50, seed: 3 } })).toMatchObject({
    status: 200,
  });
  await eventually(() => fake.stats().events.total === 50, 'all played');
  const { id } = await post(`${fake.url}/sim/raw`, 'id: {id}\nevent: surprise\ndata: {}\n\n');
  expect(await client.until(({ event }) => event === 'surprise')).toMatchObject({ id });
  expect(await post(`${fake.url}/sim/play`, { generator: { events: 'many' } })).toMatchObject({
    status: 400,
  });
  await post(`${fake.url}/sim/settings`, { pauseBeforeMain: true });
  await post(`${fake.url}/sim/filter`, { types: ['malware'] });
  expect(await ndjson(`${fake.url}/sim/expectations`)).toEqual([]);
  expect(await post(`${fake.url}/sim/stop`, {})).toMatchObject({ running: false });
  expect(await client.ended).toBe('clean');
  expect(await post(`${fake.url}/sim/start`, {})).toMatchObject({ running: true });
});

test('faults are added, listed and removed from outside', async () => {
  const fake = await start();
  expect(await post(`${fake.url}/sim/faults`, { fault: { kind: 'nonsense' } })).toMatchObject({
    status: 400,
  });
  const { id } = await post(`${fake.url}/sim/faults`, {
    operations: ['stream'],
    fault: { kind: 'status', status: 503, retryAfter: 7 },
  });
  const refused = await fetch(`${fake.url}/stream/${fake.streamId}`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '7']);
  const list = (await (await fetch(`${fake.url}/sim/faults`)).json()) as {
    rules: unknown[];
    struck: number;
  };
  expect(list).toMatchObject({ rules: [{ id, struck: 1 }], struck: 1 });
  await fetch(`${fake.url}/sim/faults?id=${id}`, { method: 'DELETE' });
  expect(fake.faults.list()).toEqual([]);
});

test('connections are cut, broken and fed again from outside, and connectors reset', async () => {
  const fake = await start();
  fake.append({ kind: 'create', object: indicator(1) });
  const client = await connect(fake);
  await client.events(1);
  await post(`${fake.url}/sim/resend`, { count: 1 });
  await client.events(2);
  await post(`${fake.url}/sim/break`, { message: 'database down' });
  const error = await client.until(({ event }) => event === 'error');
  expect(error.data).toContain('database down');
  await post(`${fake.url}/sim/cut`, { how: 'clean' });
  expect(await client.ended).toBe('clean');
  await post(`${fake.url}/sim/connectors/state`, { id: 'c-9', state: '{"start_from":"1-0"}' });
  expect(await post(`${fake.url}/sim/connectors/reset`, { id: 'nobody' })).toMatchObject({
    status: 400,
  });
  await post(`${fake.url}/sim/connectors/reset`, { id: 'c-9' });
  expect(fake.connectors.get('c-9')).toMatchObject({ state: '', resetPending: true });
  await post(`${fake.url}/sim/wipe`, {});
  expect(fake.stats().events.retained).toBe(0);
});

test('an unknown control route lists those there are', async () => {
  const fake = await start();
  const response = await fetch(`${fake.url}/sim/nothing`);
  expect(response.status).toBe(404);
  expect(((await response.json()) as { routes: string[] }).routes).toContain('GET /sim/stats');
});
