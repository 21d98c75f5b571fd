import { expect, test } from 'vitest';
import { eventually } from '../testing/wait.ts';
import { call, create, edit, search, xsoarBench } from '../testing/xsoar.ts';
import { parseBehaviour } from './behaviour.ts';

const start = xsoarBench();

test('a status is given so many times, to one operation, with its usual body', async () => {
  const fake = await start();
  fake.faults.add({ operations: ['create'], times: 2, fault: { kind: 'status', status: 401 } });
  expect((await search(fake, 'a')).status).toBe(200);
  expect((await create(fake, 'a')).json).toMatchObject({ reply: { err_code: 401 } });
  expect((await create(fake, 'a')).status).toBe(401);
  expect((await create(fake, 'a')).status).toBe(200);
  expect(fake.stats()).toMatchObject({
    objects: 1,
    faultsStruck: 2,
    operations: { create: { 401: 2, 200: 1 } },
  });
});

test('a fault can be kept to requests that contain a value, and begin later', async () => {
  const fake = await start();
  fake.faults.add({ value: 'bad.example', fault: { kind: 'status', status: 400 } });
  expect((await create(fake, 'good.example')).status).toBe(200);
  expect((await create(fake, 'bad.example')).status).toBe(400);
  fake.faults.clear();
  fake.faults.add({ skip: 1, times: 1, fault: { kind: 'status', status: 500 } });
  expect((await create(fake, 'a')).status).toBe(200);
  expect((await create(fake, 'b')).status).toBe(500);
  expect((await create(fake, 'b')).status).toBe(200);
});

test('a probability strikes about so often, the same for the same seed', async () => {
  const run = async () => {
    const fake = await start({ seed: 11 });
    fake.faults.add({ probability: 0.5, fault: { kind: 'status', status: 503 } });
    const seen: number[] = [];
    for (let n = 0; n < 40; n += 1) seen.push((await create(fake, String(n))).status);
    return seen;
  };
  const seen = await run();
  expect(seen.filter((status) => status === 503).length).toBeGreaterThan(8);
  expect(seen.filter((status) => status === 503).length).toBeLessThan(32);
  expect(await run()).toEqual(seen);
});

test('429 comes with seconds, a date, any text, or nothing', async () => {
  const now = Date.UTC(2026, 0, 1, 0, 0, 0);
  const fake = await start({ now: () => now });
  const header = async (more: Record<string, unknown>) => {
    fake.faults.add({ times: 1, fault: { kind: 'status', status: 429, ...more } });
    return (await create(fake, 'a')).headers.get('retry-after');
  };
  expect(await header({ retryAfter: 3 })).toBe('3');
  expect(await header({ retryAfter: 3, retryAfterForm: 'date' })).toBe(
    'Thu, 01 Jan 2026 00:00:03 GMT',
  );
  expect(await header({ retryAfterText: 'soon' })).toBe('soon');
  expect(await header({})).toBeNull();
});

test('HTML and redirects come instead of an answer', async () => {
  const fake = await start();
  fake.faults.add({ times: 1, fault: { kind: 'html' } });
  expect((await create(fake, 'a')).headers.get('content-type')).toContain('text/html');
  fake.faults.add({ times: 1, fault: { kind: 'redirect', location: 'http://elsewhere.invalid/' } });
  const moved = await create(fake, 'a');
  expect([moved.status, moved.headers.get('location')]).toEqual([303, 'http://elsewhere.invalid/']);
  expect(fake.stats().objects).toBe(0);
});

test('a connection is reset before the work is done, or after it', async () => {
  const fake = await start();
  fake.faults.add({ times: 1, fault: { kind: 'reset', when: 'before' } });
  await expect(create(fake, 'a')).rejects.toThrow();
  expect(fake.stats().objects).toBe(0);
  fake.faults.add({ times: 1, fault: { kind: 'reset', when: 'after' } });
  await expect(create(fake, 'a')).rejects.toThrow();
  expect(fake.stats()).toMatchObject({ objects: 1, operations: { create: { 0: 2 } } });
});

test('a failure may be told although the work is done', async () => {
  const fake = await start();
  fake.faults.add({ times: 1, fault: { kind: 'status', status: 502, commit: true } });
  expect((await create(fake, 'a')).status).toBe(502);
  expect(fake.get('a')).toBeDefined();
});

test('headers and bodies can be slow, and a body can be cut', async () => {
  const fake = await start();
  const timed = async (kind: 'slow-headers' | 'slow-body') => {
    fake.faults.add({ times: 1, fault: { kind, delayMs: 60 } });
    const started = performance.now();
    const response = await fetch(`${fake.url}/xsoar/public/v1/indicator/create`, {
      method: 'POST',
      headers: { authorization: fake.key, 'x-xdr-auth-id': fake.keyId },
      body: JSON.stringify({ indicator: { value: kind, indicator_type: 'IP' } }),
    });
    const headersMs = performance.now() - started;
    expect(((await response.json()) as { value: string }).value).toBe(kind);
    expect(performance.now() - started).toBeGreaterThan(55);
    return headersMs;
  };
  expect(await timed('slow-headers')).toBeGreaterThan(55);
  await timed('slow-body');
  fake.faults.add({ times: 1, fault: { kind: 'cut-body' } });
  await expect(create(fake, 'cut')).rejects.toThrow();
  expect(fake.get('cut')).toBeDefined();
});

test('a hanging request is seen as in flight until the client gives up', async () => {
  const fake = await start();
  fake.faults.add({ times: 1, fault: { kind: 'hang' } });
  const gone = new AbortController();
  const waiting = call(
    fake,
    '/indicator/create',
    { indicator: { value: 'a' } },
    { signal: gone.signal },
  );
  await eventually(() => fake.stats().inFlight === 1, 'in flight');
  gone.abort();
  await expect(waiting).rejects.toThrow();
  await eventually(() => fake.stats().inFlight === 0, 'gone');
  expect(fake.stats().objects).toBe(0);
});

test('the work of a client that gave up still lands, late', async () => {
  const fake = await start({ latency: { create: 200 } });
  const gone = new AbortController();
  const waiting = call(
    fake,
    '/indicator/create',
    { indicator: { value: 'late' } },
    { signal: gone.signal },
  );
  await eventually(() => fake.stats().inFlight === 1, 'in flight');
  gone.abort();
  await expect(waiting).rejects.toThrow();
  await eventually(() => fake.get('late'), 'landed');
});

test('two writes of one value at once are noticed, two values at once are not', async () => {
  const fake = await start({ latency: { default: 30, search: 0 } });
  await Promise.all([create(fake, 'a'), create(fake, 'b')]);
  expect(fake.stats()).toMatchObject({ maxInFlight: 2, maxInFlightPerValue: 1, overlapCount: 0 });
  const [ioc] = fake.objects();
  await Promise.all([
    edit(fake, { id: ioc?.id ?? '', version: -1, score: 1 }),
    create(fake, ioc?.value ?? ''),
  ]);
  expect(fake.stats()).toMatchObject({
    maxInFlightPerValue: 2,
    overlapCount: 1,
    overlaps: [{ value: ioc?.value, operations: expect.arrayContaining(['edit', 'create']) }],
  });
});

test('random latency lets later requests land first', async () => {
  const fake = await start({ latency: { create: { minMs: 0, maxMs: 60 } }, journal: 100 });
  await Promise.all(Array.from({ length: 20 }, (_, n) => create(fake, String(n))));
  const order = fake.journal().map(({ values }) => Number(values[0]));
  expect(order).toHaveLength(20);
  expect(order).not.toEqual([...order].sort((a, b) => a - b));
});

test('the journal tells what was carried out, in order, and is bounded', async () => {
  const fake = await start({ journal: 10 });
  await create(fake, 'a');
  fake.faults.add({ times: 1, fault: { kind: 'status', status: 503 } });
  await create(fake, 'a');
  await edit(fake, { id: '1', version: 7 });
  expect(
    fake
      .journal({ value: 'a' })
      .map(({ operation, status, committed }) => [operation, status, committed]),
  ).toEqual([
    ['create', 200, true],
    ['create', 500, false],
    ['edit', 400, true],
  ]);
  for (let n = 0; n < 100; n += 1) await search(fake, 'x');
  expect(fake.journal()).toHaveLength(10);
  expect(fake.journal({ operation: 'create' })).toEqual([]);
  expect(fake.journal().at(-1)?.number).toBe(103);
});

test('an analyst edits between a read and a write', async () => {
  const fake = await start();
  await create(fake, 'a', { CustomFields: { tags: ['c2'] } });
  const changed = fake.analystEdit({
    value: 'a',
    addTags: ['mine'],
    removeTags: ['c2'],
    comment: 'seen',
  });
  expect(changed).toMatchObject({ version: 2, comment: 'seen', CustomFields: { tags: ['mine'] } });
  expect((await edit(fake, { id: '1', version: 1 })).json?.id).toBe('errOptimisticLock');
  expect(fake.analystEdit({ value: 'nobody' })).toBeUndefined();
});

test('everything can be steered over HTTP', async () => {
  const fake = await start();
  const post = (path: string, body: unknown) => call(fake, path, body, { prefix: '/sim' });
  await create(fake, 'a', { CustomFields: { tags: ['x'], stixid: 'indicator--1' } });
  const dump = (await (await fetch(`${fake.url}/sim/dump`)).text()).trim();
  expect(JSON.parse(dump)).toMatchObject({
    value: 'a',
    type: 'Domain',
    score: 3,
    tags: ['x'],
    stixIds: ['indicator--1'],
  });
  expect(
    (await post('/faults', { times: 1, fault: { kind: 'status', status: 418 } })).json,
  ).toEqual({ id: 1 });
  expect((await create(fake, 'b')).status).toBe(418);
  expect((await post('/edit', { value: 'a', addTags: ['y'] })).json).toMatchObject({ version: 2 });
  expect((await post('/edit', { value: 'zz' })).status).toBe(400);
  expect((await post('/behaviour', { duplicates: 'conflict' })).status).toBe(200);
  expect((await create(fake, 'a')).status).toBe(409);
  expect((await post('/behaviour', { duplicates: 'perhaps' })).status).toBe(400);
  expect((await post('/latency', { create: { minMs: 1, maxMs: 2 } })).status).toBe(200);
  expect((await post('/latency', { create: 'slow' })).status).toBe(400);
  await post('/exclude', { value: 'c' });
  expect((await create(fake, 'c')).text).toBe('null');
  const stats = (await call(fake, '/stats', undefined, { prefix: '/sim' })).json;
  expect(stats).toMatchObject({ objects: 1, exclusions: 1, faultsStruck: 1 });
  await post('/reset', {});
  expect(fake.stats()).toMatchObject({ objects: 0, requests: 0, exclusions: 0 });
});

test('only valid switches are taken', () => {
  expect(parseBehaviour({ ids: 'md5', indexLagMs: 5 })).toEqual({ ids: 'md5', indexLagMs: 5 });
  expect(parseBehaviour({ indexLagMs: -1 })).toContain('indexLagMs');
  expect(parseBehaviour({ constructor: 1 })).toContain('constructor');
});
