import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { openBoardWorld } from './world.ts';

const LOGIN = { user: 'soc', password: 'secret' };
const authorization = `Basic ${Buffer.from('soc:secret').toString('base64')}`;

/** All that Bull Board can be asked to change, by what becomes of it with actions on. */
const FORBIDDEN: readonly [method: string, path: string][] = [
  ['PUT', 'pause'],
  ['PUT', 'resume'],
  ['POST', 'delivery/add'],
  ['PUT', 'delivery/promote'],
  ['PUT', 'delivery/clean/failed'],
  ['PUT', 'delivery/clean/completed'],
  ['PUT', 'delivery/retry/completed'],
  ['PUT', 'delivery/pause'],
  ['PUT', 'delivery/resume'],
  ['PUT', 'delivery/concurrency'],
  ['PUT', 'delivery/rate-limit'],
  ['PUT', 'delivery/rate-limit/release'],
  ['PUT', 'delivery/empty'],
  ['PUT', 'delivery/obliterate'],
  ['PUT', 'delivery/job-schedulers/x/remove'],
  ['PATCH', 'delivery/job-schedulers/x'],
  ['PUT', 'delivery/job-schedulers/x/run'],
  ['PATCH', 'delivery/JOB/update-data'],
  ['PATCH', 'delivery/JOB/delay'],
  ['PATCH', 'delivery/JOB/priority'],
  ['PUT', 'delivery/JOB/remove-unprocessed-children'],
];
const ALLOWED: readonly [method: string, path: string][] = [
  ['PUT', 'delivery/JOB/retry'],
  ['PUT', 'delivery/JOB/clean'],
  ['PUT', 'delivery/JOB/promote'],
  ['PUT', 'delivery/retry/failed'],
];

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

/** Asks for an action as a page of the board does. */
async function act(
  url: string,
  [method, path]: readonly [string, string],
  headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' },
): Promise<Response> {
  return fetch(`${url}/queue/api/queues/${path}`, {
    method,
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: '{}',
  });
}

describe('a board without actions', () => {
  it('refuses everything that changes something, and changes nothing', async () => {
    const { url } = await world.board(LOGIN);
    const jobId = await world.deadLetter('e1');
    for (const [method, path] of [...ALLOWED, ...FORBIDDEN]) {
      const answer = await act(url, [method, path.replace('JOB', jobId)]);
      expect([method, path, answer.status]).toEqual([method, path, 405]);
    }
    expect(await (await world.queue.getJob(jobId))?.getState()).toBe('failed');
    expect(await world.queue.isPaused()).toBe(false);
  });

  it('tells its page so, which then shows no buttons', async () => {
    const { url } = await world.board(LOGIN);
    const answer = await fetch(`${url}/queue/api/queues`, { headers: { authorization } });
    const { queues } = (await answer.json()) as { queues: unknown[] };
    expect(queues).toMatchObject([{ name: 'delivery', readOnlyMode: true, allowRetries: false }]);
  });
});

describe('a board with actions', () => {
  it('refuses what would take states from their jobs, or pause behind the back of holds', async () => {
    const { url } = await world.board({ ...LOGIN, actions: true });
    const jobId = await world.deadLetter('e1');
    for (const [method, path] of FORBIDDEN) {
      const answer = await act(url, [method, path.replace('JOB', jobId)]);
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
    expect(await (await world.queue.getJob(jobId))?.getState()).toBe('failed');
    expect(await world.queue.isPaused()).toBe(false);
  });

  it('retries a dead letter, which then has all its attempts again', async () => {
    const { url } = await world.board({ ...LOGIN, actions: true });
    const jobId = await world.deadLetter('e1');
    expect((await world.queue.getJob(jobId))?.attemptsMade).toBe(1);
    const started = (await world.queue.getJob(jobId))?.attemptsStarted;

    expect((await act(url, ['PUT', `delivery/${jobId}/retry`])).status).toBe(204);

    const job = await world.queue.getJob(jobId);
    expect(await job?.getState()).toBe('waiting');
    expect(job?.attemptsMade).toBe(0);
    // Part of the token of the lease: it must not begin anew.
    expect(job?.attemptsStarted).toBe(started);
  });

  it.each(['one', 'all'])(
    'makes the state of a retried dead letter pending again: %s',
    async (how) => {
      const { url } = await world.board({ ...LOGIN, actions: true });
      const jobId = await world.deadLetter('e1');
      await world.redis.hset(world.keys.slot('e1'), 'v', '1-0');
      await world.redis.zadd(world.keys.dead, 1, 'e1');
      await world.redis.zrem(world.keys.pending, 'e1');

      await act(url, ['PUT', how === 'one' ? `delivery/${jobId}/retry` : 'delivery/retry/failed']);

      expect(await (await world.queue.getJob(jobId))?.getState()).toBe('waiting');
      expect(await world.redis.zscore(world.keys.dead, 'e1')).toBeNull();
      expect(await world.redis.zscore(world.keys.pending, 'e1')).not.toBeNull();
    },
  );

  it('retries all dead letters', async () => {
    const { url } = await world.board({ ...LOGIN, actions: true });
    for (const entity of ['a', 'b', 'c']) await world.deadLetter(entity);
    const answer = await act(url, ['PUT', 'delivery/retry/failed']);
    expect(await answer.json()).toEqual({ retried: 3, skipped: 0 });
    expect(await world.queue.getJobCounts('wait', 'failed')).toEqual({ wait: 3, failed: 0 });
    for (const job of await world.queue.getWaiting()) expect(job.attemptsMade).toBe(0);
  });

  it('removes a dead letter, but no job that is still to run', async () => {
    const { url } = await world.board({ ...LOGIN, actions: true });
    const dead = await world.deadLetter('e1');
    const waiting = (await world.queue.add('deliver', { entityId: 'e2' })).id ?? '';

    expect((await act(url, ['PUT', `delivery/${dead}/clean`])).status).toBe(204);
    expect(await world.queue.getJob(dead)).toBeUndefined();

    const refused = await act(url, ['PUT', `delivery/${waiting}/clean`]);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('Only failed jobs: this one is waiting.');
    expect((await act(url, ['PUT', `delivery/${waiting}/retry`])).status).toBe(403);
    expect(await (await world.queue.getJob(waiting))?.getState()).toBe('waiting');
  });

  it('promotes a delayed job', async () => {
    const { url } = await world.board({ ...LOGIN, actions: true });
    const job = await world.queue.add('deliver', { entityId: 'e1' }, { delay: 3_600_000 });
    expect((await act(url, ['PUT', `delivery/${job.id}/promote`])).status).toBe(204);
    expect(await job.getState()).toBe('waiting');
  });

  it('knows nothing of a job that is gone', async () => {
    const { url } = await world.board({ ...LOGIN, actions: true });
    expect((await act(url, ['PUT', 'delivery/404/retry'])).status).toBe(404);
  });

  it('takes orders from its own pages only', async () => {
    const { url } = await world.board({ ...LOGIN, actions: true });
    const jobId = await world.deadLetter('e1');
    const retry = ['PUT', `delivery/${jobId}/retry`] as const;
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: url },
    ]) {
      expect((await act(url, retry, headers as Record<string, string>)).status).toBe(403);
    }
    expect(await (await world.queue.getJob(jobId))?.getState()).toBe('failed');
    expect((await act(url, retry, { origin: url })).status).toBe(204);
  });

  it('writes down who did what', async () => {
    const { url } = await world.board({ ...LOGIN, actions: true });
    const jobId = await world.deadLetter('e1');
    await act(url, ['PUT', `delivery/${jobId}/retry`]);
    await act(url, ['PUT', 'delivery/obliterate']);
    const entries = world.logs().filter(({ msg }) => String(msg).startsWith('board action'));
    expect(entries).toMatchObject([
      { level: 'info', user: 'soc', action: 'retry', jobId },
      {
        level: 'info',
        user: 'soc',
        action: 'put /api/queues/:queueName/obliterate',
        status: 403,
      },
    ]);
    expect(JSON.stringify(world.logs())).not.toContain('secret');
  });

  it('writes down what was tried even if it fails', async () => {
    const { url } = await world.board({ ...LOGIN, actions: true });
    const jobId = await world.deadLetter('e1');
    // BullMQ cannot put a job into a list that is none.
    await world.redis.set(`${world.keys.prefix}:delivery:wait`, 'odd');
    expect((await act(url, ['PUT', `delivery/${jobId}/retry`])).status).toBe(500);
    await act(url, ['PUT', 'delivery/404/retry']);
    const logs = world.logs();
    expect(logs).toContainEqual(
      expect.objectContaining({ msg: 'board action', user: 'soc', action: 'retry', jobId }),
    );
    expect(logs).toContainEqual(
      expect.objectContaining({ level: 'error', msg: 'board: request failed' }),
    );
    expect(logs).toContainEqual(
      expect.objectContaining({ msg: 'board action failed', jobId: '404', status: 404 }),
    );
  });
});
