/** What an operator may do, and what happens to jobs behind our back. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  differences,
  NONE,
  type Pipeline,
  startPipeline,
  type TestProcess,
} from '../e2e/pipeline.ts';
import { createDomain, deleteDomain, entityIdOf, updateDomain } from '../support/indicators.ts';
import { until } from '../support/until.ts';

let pipeline: Pipeline;
let worker: TestProcess;

beforeAll(async () => {
  pipeline = await startPipeline();
  [, worker] = await Promise.all([
    pipeline.ingest({ CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '0' }),
    pipeline.worker(),
  ]);
});
afterAll(() => pipeline.close());
beforeEach(() => pipeline.xsoar.faults.clear());

const score = (name: string) => pipeline.xsoar.get(name)?.score;
const settled = () =>
  until('all is settled', async () => (await pipeline.snapshot()).pending === 0);
const deadCount = async () => (await pipeline.deadLetters()).length;
const refuse = (name: string, times?: number) =>
  pipeline.xsoar.faults.add({
    fault: { kind: 'status', status: 400 },
    operations: ['create', 'edit'],
    value: name,
    ...(times === undefined ? {} : { times }),
  });

describe('a dead letter', { timeout: 30_000 }, () => {
  it('is pushed in its newest state by a retry, and there is one of it however often it failed', async () => {
    refuse('newest.example');
    pipeline.opencti.append(createDomain('newest.example', 90));
    await until('it is dead', async () => (await deadCount()) === 1);
    const [first] = await pipeline.deadLetters();
    pipeline.opencti.append(updateDomain('newest.example', 20));
    await until('the newer state failed too', async () => {
      const [letter, ...more] = await pipeline.deadLetters();
      return more.length === 0 && letter?.lastError?.version !== first?.lastError?.version;
    });
    pipeline.xsoar.faults.clear();
    await pipeline.retryDeadLetters();
    await until('the newest state is there', () => score('newest.example') === 1);
    await until('it is resolved', async () => (await deadCount()) === 0);
    await settled();
  });

  it('is resolved by itself when a later event of its entity is delivered', async () => {
    refuse('later.example', 1);
    pipeline.opencti.append(createDomain('later.example', 90));
    await until('it is dead', async () => (await deadCount()) === 1);
    expect((await pipeline.snapshot()).dead).toBe(1);
    pipeline.opencti.append(updateDomain('later.example', 50));
    await until('it is delivered', () => score('later.example') === 2);
    await until('it is resolved', async () => (await deadCount()) === 0);
    expect((await pipeline.snapshot()).dead).toBe(0);
  });

  it('is resolved by a delete of its entity', async () => {
    refuse('gone.example');
    pipeline.opencti.append(createDomain('gone.example'));
    await until('it is dead', async () => (await deadCount()) === 1);
    pipeline.opencti.append(deleteDomain('gone.example'));
    await until('it is resolved', async () => (await deadCount()) === 0);
    await settled();
  });

  it('is made of a job that kills worker after worker', async () => {
    pipeline.xsoar.faults.add({
      fault: { kind: 'hang' },
      operations: ['create'],
      value: 'stalled.example',
    });
    pipeline.opencti.append(createDomain('stalled.example'));
    const job = await until('its push is under way', async () => {
      const active = await pipeline.queue.getJobs(['active']);
      return active.find(({ data }) => data.entityId === entityIdOf('stalled.example'));
    });
    // As if it had been taken from ten dead workers already.
    await pipeline.client.hset(pipeline.queue.toKey(String(job.id)), 'stc', '10');
    await worker.end('SIGKILL');
    worker = await pipeline.worker();
    // BullMQ fails the job; that its worker notes why comes after.
    const letter = await until(
      'it is dead, and says why',
      async () => (await pipeline.deadLetters()).find(({ lastError }) => lastError),
      { timeoutMs: 15_000 },
    );
    expect(letter).toMatchObject({
      entityId: entityIdOf('stalled.example'),
      lastError: { reason: 'stalled' },
    });
    expect((await pipeline.snapshot()).dead).toBe(1);
    pipeline.xsoar.faults.clear();
    await pipeline.retryDeadLetters();
    await until('it is delivered', () => pipeline.xsoar.get('stalled.example'), {
      timeoutMs: 15_000,
    });
  });
});

describe('an operator', { timeout: 40_000 }, () => {
  it('holds deliveries, over restarts of workers, until somebody resumes', async () => {
    await settled();
    await pipeline.holds.open('operator', { reason: 'maintenance', by: 'a test', forMs: null });
    await until('the worker says so', async () =>
      (await (await fetch(`${worker.metricsUrl}/readyz`)).text()).includes('held (operator)'),
    );
    pipeline.opencti.append(createDomain('held.example'));
    expect(await worker.end('SIGTERM')).toBe(0);
    worker = await pipeline.worker();
    await until('the new worker says so too', async () => {
      const answer = await fetch(`${worker.metricsUrl}/readyz`).catch(() => null);
      return answer !== null && (await answer.text()).includes('held (operator)');
    });
    expect(pipeline.xsoar.get('held.example')).toBeUndefined();
    expect((await pipeline.snapshot()).pending).toBe(1);
    await pipeline.holds.clear('operator');
    await until('it is delivered', () => pipeline.xsoar.get('held.example'));
  });

  it('may delete every job: the states get new ones', async () => {
    await pipeline.holds.open('operator', { reason: 'maintenance', by: 'a test', forMs: null });
    const names = Array.from({ length: 20 }, (_, index) => `deleted-${index}.example`);
    for (const name of names) pipeline.opencti.append(createDomain(name));
    await until('all wait', async () => (await pipeline.snapshot()).pending === names.length);
    await until('all jobs are gone', async () => {
      await pipeline.queue.drain(true);
      const { waiting, delayed, active } = (await pipeline.snapshot()).jobs;
      return waiting + delayed + active === 0;
    });
    await pipeline.holds.clear('operator');
    await until('all are delivered', () => names.every((name) => pipeline.xsoar.get(name)), {
      timeoutMs: 20_000,
    });
    expect(worker.logs().some(({ msg }) => msg === 'sweeper: states without a job got one')).toBe(
      true,
    );
  });

  it('may delete a dead letter: its state is tried again', async () => {
    refuse('removed-letter.example', 1);
    pipeline.opencti.append(createDomain('removed-letter.example'));
    await until('it is dead', async () => (await deadCount()) === 1);
    const id = entityIdOf('removed-letter.example');
    const jobs = await pipeline.queue.getJobs(['failed']);
    await jobs.find(({ data }) => data.entityId === id)?.remove();
    await until('it is delivered', () => pipeline.xsoar.get('removed-letter.example'), {
      timeoutMs: 15_000,
    });
  });
});

it('in the end XSOAR holds what OpenCTI says', { timeout: 30_000 }, async () => {
  await pipeline.quiet();
  expect(await deadCount()).toBe(0);
  expect(differences(await pipeline.compare())).toEqual(NONE);
});
