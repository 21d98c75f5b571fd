/** Redis away, restarted, cutting connections, full: the processes wait and recover by themselves. */
import { generateFeed } from '@xsoar-intel/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { differences, NONE, type Pipeline, startPipeline } from '../e2e/pipeline.ts';
import { startSlowProxy } from '../support/slow-proxy.ts';
import { until } from '../support/until.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await startPipeline({ xsoar: { latency: { default: { minMs: 0, maxMs: 10 } } } });
});
afterEach(() => pipeline.close());

const FROM_START = { CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '0' };
const play = (events: number, ratePerSecond = 1_000) =>
  pipeline.opencti.play(
    generateFeed({ events, seed: 9, entities: events / 2, updateShare: 0.4, deleteShare: 0.1 }),
    { ratePerSecond },
  );
const readiness = async (url: string): Promise<string> => {
  const answer = await fetch(`${url}/readyz`).catch(() => null);
  return answer === null ? '' : `${answer.status} ${await answer.text()}`;
};

describe('Redis', { timeout: 90_000 }, () => {
  it('may be down when the processes start: they say so, wait, and begin', async () => {
    await pipeline.redis.kill();
    const [ingest, worker] = await Promise.all([pipeline.ingest(FROM_START), pipeline.worker()]);
    for (const { metricsUrl } of [ingest, worker]) {
      await until('it says what it waits for', async () =>
        /^503 .*waiting for Redis/s.test(await readiness(metricsUrl)),
      );
    }
    await pipeline.redis.start();
    await play(100).finished;
    await pipeline.quiet();
    expect(differences(await pipeline.compare())).toEqual(NONE);
    expect([await ingest.end('SIGTERM'), await worker.end('SIGTERM')]).toEqual([0, 0]);
  });

  it('may cut every connection again and again', async () => {
    const [ingest, worker] = await Promise.all([pipeline.ingest(FROM_START), pipeline.worker()]);
    const playing = play(1_500);
    for (let round = 0; round < 10; round += 1) {
      const { objects } = pipeline.xsoar.stats();
      await until('work goes on', () => pipeline.xsoar.stats().objects > objects);
      await pipeline.client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    }
    await playing.finished;
    await pipeline.quiet();
    expect(differences(await pipeline.compare())).toEqual(NONE);
    expect([await ingest.end('SIGTERM'), await worker.end('SIGTERM')]).toEqual([0, 0]);
  });

  it('may be full: reading stops, nothing is lost, and it goes on when there is room', async () => {
    const [ingest, worker] = await Promise.all([
      // Not by the mark: by the refusal itself.
      pipeline.ingest({ ...FROM_START, REDIS_MEMORY_HIGH_WATER: '100%' }),
      pipeline.worker(),
    ]);
    await play(100).finished;
    await pipeline.quiet();
    const used = Number(/^used_memory:(\d+)/m.exec(await pipeline.client.info('memory'))?.[1]);
    await pipeline.client.config('SET', 'maxmemory', String(used + 200_000));
    const playing = play(2_000, 5_000);
    await until('Redis refuses writes', () =>
      ingest.logs().some(({ msg }) => String(msg).startsWith('Redis refused a write')),
    );
    await playing.finished;
    const stopped = (await pipeline.snapshot()).cursor?.id.text;
    expect(stopped).not.toBe(pipeline.opencti.stats().events.lastId);
    await pipeline.client.config('SET', 'maxmemory', '0');
    const { dead } = await pipeline.quiet();
    expect(dead).toBe(0);
    expect(differences(await pipeline.compare())).toEqual(NONE);
    expect([await ingest.end('SIGTERM'), await worker.end('SIGTERM')]).toEqual([0, 0]);
  });

  it('may be slow: everything takes longer, and nothing else is different', async () => {
    const slow = await startSlowProxy(pipeline.redis.port, 25);
    try {
      const REDIS_URL = `redis://127.0.0.1:${slow.port}`;
      const [ingest, worker] = await Promise.all([
        pipeline.ingest({ ...FROM_START, REDIS_URL }),
        pipeline.worker({ REDIS_URL }),
      ]);
      await play(150).finished;
      const { dead, holds, jobs } = await pipeline.quiet();
      expect({ dead, holds, failed: jobs.failed }).toEqual({ dead: 0, holds: [], failed: 0 });
      expect(differences(await pipeline.compare())).toEqual(NONE);
      for (const one of [ingest, worker]) {
        expect(one.logs().filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
        expect(await one.end('SIGTERM')).toBe(0);
      }
    } finally {
      await slow.close();
    }
  });

  it('may hang, or refuse writes, and then do as it should: nothing is held, given up or lost', async () => {
    const [ingest, worker] = await Promise.all([pipeline.ingest(FROM_START), pipeline.worker()]);
    const { client } = pipeline;
    /** What is wrong, and the error that a log line of the worker shows; null: there is none. */
    const rows: [spoil: () => unknown, said: RegExp | null, mend: () => unknown][] = [
      [() => pipeline.redis.freeze(true), null, () => pipeline.redis.freeze(false)],
      [
        // A replica of nobody who is there, as after a failover that went wrong. The client
        // connects again and again, and sends again what was refused: see connectRedis.
        () => client.call('REPLICAOF', '127.0.0.1', '9'),
        null,
        () => client.call('REPLICAOF', 'NO', 'ONE'),
      ],
      [
        () => client.config('SET', 'min-replicas-to-write', '1'),
        /NOREPLICAS|Not enough good replicas/,
        () => client.config('SET', 'min-replicas-to-write', '0'),
      ],
    ];
    const playing = play(1_200, 200);
    for (const [spoil, said, mend] of rows) {
      const { objects } = pipeline.xsoar.stats();
      await until('work goes on', () => pipeline.xsoar.stats().objects > objects + 20);
      const lines = worker.logs().length;
      await spoil();
      try {
        const from = performance.now();
        await until('it is told, or was long', () =>
          said === null
            ? performance.now() - from > 1_500
            : worker
                .logs()
                .slice(lines)
                .some((line) => said.test(JSON.stringify(line))),
        );
      } finally {
        await mend();
      }
    }
    await playing.finished;
    const { dead, holds, jobs } = await pipeline.quiet();
    expect({ dead, holds, failed: jobs.failed }).toEqual({ dead: 0, holds: [], failed: 0 });
    // Nothing was taken for a failure of an entity.
    expect(await worker.metrics()).not.toMatch(
      /deliveries_total\{[^}]*outcome="(retry|dead)"\} [1-9]/,
    );
    expect(differences(await pipeline.compare())).toEqual(NONE);
    expect([await ingest.end('SIGTERM'), await worker.end('SIGTERM')]).toEqual([0, 0]);
  });

  it('fills up to the mark and no further: the stream is not read until there is room', async () => {
    await pipeline.holds.open('operator', { reason: 'a test', by: 'a test', forMs: null });
    const marks = { PENDING_HIGH_WATER: '300', PENDING_LOW_WATER: '200', INGEST_BATCH_SIZE: '50' };
    const ingest = await pipeline.ingest({ ...FROM_START, ...marks });
    await play(2_000, 20_000).finished;
    await until('reading has stopped', () =>
      ingest.logs().some(({ msg }) => String(msg).startsWith('backpressure:')),
    );
    const { pending } = await pipeline.snapshot();
    // What was on its way when the mark was reached: two batches and a read of the socket.
    expect(pending).toBeGreaterThanOrEqual(300);
    expect(pending).toBeLessThan(800);
    await pipeline.worker({ CONNECTOR_CONSUMER_COUNT: '20' });
    await pipeline.holds.clear('operator');
    await pipeline.quiet();
    expect(differences(await pipeline.compare())).toEqual(NONE);
  });
});
