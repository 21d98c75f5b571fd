import { generateFeed } from '@xsoar-intel/simulator';
import { expect, it } from 'vitest';
import { differences, NONE, startPipeline, type TestProcess } from '../e2e/pipeline.ts';
import { until } from '../support/until.ts';

const PLACES = 6;
const CAP = 80;

/** For three seconds of each half minute all workers halve their limit; not soon, either. */
function measures(): boolean {
  const second = (Date.now() / 1_000) % 30;
  return second < 5 || second > 24;
}

async function limitOf(worker: TestProcess): Promise<number> {
  const line = /^xsoar_intel_concurrency_limit (\d+)$/m.exec(await worker.metrics());
  return Number(line?.[1]);
}

it('asks an XSOAR of few places for little at a time, far below what it may, and for less when it refuses', async () => {
  const pipeline = await startPipeline({
    xsoar: { places: PLACES, latency: { default: 40 } },
  });
  try {
    const feed = generateFeed({ events: 3_000, seed: 3, updateShare: 0, deleteShare: 0 });
    await pipeline.opencti.play(feed).finished;
    await pipeline.ingest();
    const last = pipeline.opencti.stats().events.lastId;
    await until('all is read', async () => (await pipeline.snapshot()).cursor?.id.text === last);
    const worker = await pipeline.worker({
      XSOAR_CONCURRENCY: 'adaptive',
      CONNECTOR_CONSUMER_COUNT: String(CAP),
    });
    await until('the worker answers', () => limitOf(worker).catch(() => null));
    const limits: number[] = [];
    let active = 0;
    await until(
      'a good part is delivered',
      async () => {
        limits.push(await limitOf(worker));
        active = Math.max(active, (await pipeline.queue.getJobCounts('active')).active ?? 0);
        return pipeline.xsoar.stats().objects > 1_000 && !measures();
      },
      { timeoutMs: 50_000, everyMs: 100 },
    );
    const found = limits.slice(limits.length >> 1);
    const mean = found.reduce((sum, limit) => sum + limit, 0) / found.length;
    // A delivery also waits for a look-up that it shares with others: more deliveries than places.
    expect(mean).toBeGreaterThan(PLACES * 0.7);
    expect(mean).toBeLessThan(PLACES * 4);
    // A job beyond the limit is left to others: it is not taken, with a lock, to wait here.
    expect(active).toBeLessThanOrEqual(Math.max(...limits) * 2);
    expect(active).toBeLessThan(CAP / 2);
    expect(pipeline.xsoar.stats().maxInFlight).toBeLessThan(CAP / 2);

    const before = await limitOf(worker);
    pipeline.xsoar.faults.add({ fault: { kind: 'status', status: 503 }, times: 3 });
    await until('the limit fell', async () => (await limitOf(worker)) <= Math.ceil(before / 2), {
      timeoutMs: 5_000,
    });

    await pipeline.quiet();
    expect(differences(await pipeline.compare())).toEqual(NONE);
    const metrics = await worker.metrics();
    expect(metrics).toMatch(/^xsoar_intel_lease_takeovers_total 0$/m);
    expect(await pipeline.deadLetters()).toEqual([]);
  } finally {
    await pipeline.close();
  }
});

it('says that the limit is what it was told, where it is not to find one', async () => {
  const pipeline = await startPipeline();
  try {
    const worker = await pipeline.worker({ CONNECTOR_CONSUMER_COUNT: '7' });
    await until('it answers', () => limitOf(worker).catch(() => null));
    expect(await limitOf(worker)).toBe(7);
  } finally {
    await pipeline.close();
  }
});
