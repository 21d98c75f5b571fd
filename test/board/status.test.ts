import { createWorkerSigns, recordRejections } from '@xsoar-intel/pipeline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { failure, openBoardWorld } from './world.ts';

const MARKUP = `<img src=x onerror="alert('1')">`;

const WORKER = { name: 'host-a:17', version: '1.2.3', since: 1_700_000_000_000 };

let server: TestRedis;
let world: ReturnType<typeof openBoardWorld>;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  world = openBoardWorld(server.url);
});
afterEach(() => world.close());

/** Makes the connector look as if ingest and a worker ran. */
async function inhabit(): Promise<void> {
  const { redis, keys } = world;
  await redis.set(keys.cursor, `${Date.now() - 30_000}-2`);
  await redis.set(keys.leader('ingest'), 'token');
  await createWorkerSigns(redis, keys, Date.now).give(WORKER);
}

/** Everything in Redis but what BullMQ's Queue writes about itself, as bytes. */
async function contents(): Promise<Map<string, string>> {
  const { redis } = world;
  const found = new Map<string, string>();
  for (const key of (await redis.keys('*')).sort()) {
    if (key.endsWith(':meta')) continue;
    found.set(key, (await redis.dumpBuffer(key))?.toString('hex') ?? '');
  }
  return found;
}

describe('the status', () => {
  it('of a connector that does well is good', async () => {
    await inhabit();
    const { url } = await world.board();
    const status = await (await fetch(`${url}/status.json`)).json();
    expect(status).toMatchObject({
      verdict: { level: 'good', problems: [] },
      connectorId: world.connectorId,
      version: '0.0.0-test',
      stream: { ingestActive: true },
      workers: [WORKER],
      deadLetters: { total: 0, groups: [] },
    });
    const page = await (await fetch(url)).text();
    expect(page).toContain('<h1>Indicators reach XSOAR.</h1>');
    expect(page).toContain('host-a:17');
  });

  it('tells how much is delivered, and why some is tried again', async () => {
    const { redis, queue } = world;
    await inhabit();
    // As BullMQ counts them: 30 jobs in the minute that began a moment ago, 60 in the one before.
    const finished = queue.toKey('metrics:completed');
    await redis.hset(finished, { count: 90, prevTS: Date.now(), prevCount: 60 });
    await redis.lpush(`${finished}:data`, 60);
    const lastError = failure({ reason: 'timeout', message: 'create: no answer', status: null });
    await queue.add('deliver', { entityId: 'e1', lastError }, { delay: 3_600_000 });
    const { url } = await world.board();
    const status = (await (await fetch(`${url}/status.json`)).json()) as Record<string, unknown>;
    expect(status).toMatchObject({
      rates: { last5: expect.any(Number), last15: expect.any(Number) },
      retrying: {
        looked: 1,
        groups: [{ reason: 'timeout', count: 1, message: 'create: no answer' }],
      },
    });
    const { last1, last5 } = status.rates as { last1: number; last5: number };
    expect(last1).toBeGreaterThan(0);
    expect(last5).toBe(18);
    const page = await (await fetch(url)).text();
    expect(page).toContain('18/min over 5 min');
    expect(page).toContain('create: no answer');
  });

  it('tells of holds, dead letters and input set aside', async () => {
    const { redis, keys } = world;
    await inhabit();
    await redis.zadd(keys.pending, Date.now() - 5_000, 'e9');
    await world.holds.open('credentials', { reason: 'HTTP 401', by: 'host-a:17', forMs: 60_000 });
    const jobId = await world.deadLetter('e1');
    await world.deadLetter('e2', failure({ reason: 'timeout', message: 'timeout', status: null }));
    await recordRejections(redis, keys, [
      {
        eventId: '5-0',
        name: 'create',
        reason: 'bad-json',
        detail: 'at 0',
        bytes: 9,
        excerpt: '{',
      },
    ]);

    const { url } = await world.board();
    const status = await (await fetch(`${url}/status.json`)).json();
    expect(status).toMatchObject({
      verdict: { level: 'trouble', headline: 'XSOAR refuses the credentials.' },
      pending: { entities: 1 },
      jobs: { failed: 2 },
      holds: [{ kind: 'credentials', reason: 'HTTP 401', by: 'host-a:17' }],
      deadLetters: { total: 2, looked: 2 },
      setAside: { total: 1, newest: [{ reason: 'bad-json', eventId: '5-0' }] },
    });

    const page = await (await fetch(url)).text();
    expect(page).toContain('<h1>XSOAR refuses the credentials.</h1>');
    expect(page).toContain('HTTP 401');
    expect(page).toContain('attempts-exhausted');
    expect(page).toContain('bad-json');
    // The link leads to the job, in the words of the board.
    const link = `/queue/queue/delivery/${jobId}`;
    expect(page).toContain(`href="${link}?status=failed"`);
    expect((await fetch(url + link)).status).toBe(200);
    const job = await (await fetch(`${url}/queue/api/queues/delivery/${jobId}`)).json();
    expect(job).toMatchObject({
      status: 'failed',
      job: {
        name: 'rejected 400 · upsert · 198.51.100.7',
        data: { value: '198.51.100.7', type: 'IP' },
      },
    });
  });

  it('keeps markup from outside text', async () => {
    const { redis, keys } = world;
    await inhabit();
    await world.deadLetter(
      'e1',
      failure({
        message: MARKUP,
        operation: MARKUP,
        request: JSON.stringify({ value: MARKUP, indicator_type: MARKUP }),
      }),
    );
    const odd = { name: MARKUP, version: MARKUP, since: 0 };
    await createWorkerSigns(redis, keys, Date.now).give(odd);
    await world.holds.open('outage', { reason: MARKUP, by: MARKUP, forMs: null });
    await recordRejections(redis, keys, [
      { eventId: MARKUP, name: MARKUP, reason: MARKUP, detail: MARKUP, bytes: 1, excerpt: MARKUP },
    ]);
    const { url } = await world.board();
    const page = await (await fetch(url)).text();
    expect(page).not.toContain('<img');
    expect(page.split('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;')).toHaveLength(14);
    const json = await fetch(`${url}/status.json`);
    expect(json.headers.get('content-type')).toContain('application/json');
  });

  it('says so when it cannot be read', async () => {
    await world.redis.set(world.keys.cursor, 'nonsense');
    const { url } = await world.board();
    const page = await fetch(url);
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('The status cannot be read.');
    const json = await fetch(`${url}/status.json`);
    expect(json.status).toBe(503);
    expect(await json.json()).toEqual({ error: expect.stringContaining('nonsense') });
  });

  it('is not changed by looking at it', async () => {
    await inhabit();
    await world.holds.open('outage', { reason: 'x', by: 'y', forMs: 1 });
    const jobId = await world.deadLetter('e1');
    await world.queue.add('deliver', { entityId: 'e2' });
    await world.queue.add('deliver', { entityId: 'e3' }, { delay: 3_600_000 });
    const before = await contents();
    expect(before.size).toBeGreaterThan(5);

    const { url, stop } = await world.board({ actions: true });
    for (const path of [
      '/',
      '/status.json',
      '/queue',
      '/queue/api/redis/stats',
      '/queue/api/queues?activeQueue=delivery&status=latest&page=1&jobsPerPage=10',
      '/queue/api/queues?activeQueue=delivery&status=failed&page=1&jobsPerPage=10',
      '/queue/api/job-schedulers',
      '/queue/api/queues/delivery/metrics',
      '/queue/api/queues/delivery/default-job-options',
      '/queue/api/queues/delivery/rate-limit',
      '/queue/api/queues/delivery/job-data-schema',
      `/queue/api/queues/delivery/${jobId}`,
      `/queue/api/queues/delivery/${jobId}/logs`,
      `/queue/api/queues/delivery/${jobId}/flow`,
    ]) {
      const answer = await fetch(url + path);
      expect([path, answer.status]).toEqual([path, 200]);
      await answer.arrayBuffer();
    }
    await stop();
    expect(await contents()).toEqual(before);
  });

  it('keeps what the workers told BullMQ of the queue', async () => {
    const meta = () => world.redis.hgetall(`${world.keys.prefix}:delivery:meta`);
    await world.queue.waitUntilReady();
    const before = await until('the queue described itself', async () => {
      const fields = await meta();
      return Object.keys(fields).length > 0 ? fields : null;
    });
    const { stop } = await world.board();
    await stop();
    expect(await meta()).toEqual(before);
  });
});

describe('a board whose Redis goes away', () => {
  it('says so, is not ready, and comes back with it', async () => {
    const own = await startRedis();
    const alone = openBoardWorld(own.url);
    try {
      const { url, reasons } = await alone.board();
      await own.kill();
      await until('the board noticed', () => reasons().length > 0);
      const page = await fetch(url);
      expect(page.status).toBe(503);
      expect(await page.text()).toContain('Redis is away');
      expect((await fetch(`${url}/queue/api/queues`)).status).toBe(503);
      // The page itself stays, and shows what the API says.
      expect((await fetch(`${url}/queue`)).status).toBe(200);

      await own.start();
      await until('the board found it again', () => reasons().length === 0);
      await until('the status is read', async () => (await fetch(url)).status === 200);
      expect((await fetch(`${url}/queue/api/queues`)).status).toBe(200);
    } finally {
      await alone.close();
      await own.stop();
    }
  });
});
