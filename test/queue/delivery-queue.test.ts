import { addDeliveries, connectRedis, keptJobs } from '@xsoar-intel/pipeline';
import { Worker } from 'bullmq';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { openWorld } from './world.ts';

let server: TestRedis;
let world: ReturnType<typeof openWorld>;
let workers: Worker[] = [];

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
beforeEach(() => {
  world = openWorld(server.url);
  return async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    workers = [];
    await world.close();
  };
});

/** A worker over the delivery queue, whose processor is the test's. */
function work(run: (entityId: string) => Promise<void>) {
  const worker = new Worker(
    world.queue.name,
    async (job) => run((job.data as { entityId: string }).entityId),
    {
      connection: connectRedis(server.url, 'test-worker', () => {}),
      prefix: world.keys.prefix,
      ...keptJobs,
      settings: { backoffStrategy: () => 0 },
    },
  );
  workers.push(worker);
  return worker;
}

/** A door that the test opens. */
function door() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('deduplication by entity', () => {
  it('keeps one waiting job per entity, however many events come', async () => {
    for (let n = 0; n < 20; n += 1) await addDeliveries(world.queue, ['a', 'b']);
    expect(await world.queue.getWaitingCount()).toBe(2);
  });

  it('keeps the wake-up that comes while the job is active, until after its end', async () => {
    const { open, opened } = door();
    let runs = 0;
    work(async () => {
      runs += 1;
      if (runs === 1) await opened;
    });
    await addDeliveries(world.queue, ['a']);
    await until('the first run is active', () => runs === 1);
    // Between its last look at the slot and its end: the event that must not be lost.
    await addDeliveries(world.queue, ['a']);
    await addDeliveries(world.queue, ['a']);
    open();
    await until('the second run happened', () => runs === 2);
    await until(
      'all is done',
      async () => (await world.queue.getJobCountByTypes('wait', 'active')) === 0,
    );
    expect(runs).toBe(2);
  });

  it('makes a new job for an entity whose older job failed for good', async () => {
    let fail = true;
    const done: string[] = [];
    work(async (entityId) => {
      if (fail) throw new Error('no');
      done.push(entityId);
    });
    await addDeliveries(world.queue, ['a']);
    await until('it failed', async () => (await world.queue.getFailedCount()) === 1);
    fail = false;
    await addDeliveries(world.queue, ['a']);
    await until('the new job ran', () => done.length === 1);
    expect(await world.queue.getFailedCount()).toBe(1);
  });

  it('leaves nothing behind in Redis but a bounded list of finished jobs', async () => {
    work(async () => {});
    const entities = Array.from({ length: 300 }, (_, n) => `e${n}`);
    await addDeliveries(world.queue, entities);
    await until(
      'all ran',
      async () => (await world.queue.getJobCountByTypes('wait', 'active')) === 0,
    );
    const left = await world.redis.keys(`${world.keys.prefix}:delivery:*`);
    expect(left.filter((key) => key.includes(':de:') || key.includes(':dn:'))).toEqual([]);
    expect(left.length).toBeLessThan(120);
  });
});
