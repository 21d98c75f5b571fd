/** Redis away, restarted, cutting connections, full: the processes wait and recover by themselves. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { generateFeed } from '@xsoar-intel/simulator';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  differences,
  NONE,
  type Pipeline,
  startPipeline,
  type TestProcess,
} from '../e2e/pipeline.ts';
import { startRedis } from '../support/redis.ts';
import { startSlowProxy } from '../support/slow-proxy.ts';
import { until } from '../support/until.ts';

let pipeline: Pipeline;
/** Where Redis has its files. */
let directory: string;
beforeEach(async () => {
  const redis = await startRedis(LOADS_SLOWLY, (_, created) => {
    directory = created;
  });
  pipeline = await startPipeline({
    redis,
    xsoar: { latency: { default: { minMs: 0, maxMs: 10 } } },
  });
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

/** A load of data takes so long for each key (in us), and Redis answers meanwhile that it loads. */
const LOADS_SLOWLY = [
  ...['--key-load-delay', '100000', '--loading-process-events-interval-bytes', '1024'],
  ...['--enable-debug-command', 'local'],
];

/** Ends a load of data. */
async function finishLoading(): Promise<void> {
  const admin = new Redis(pipeline.redis.url, { enableReadyCheck: false });
  await admin.config('SET', 'key-load-delay', '0');
  admin.disconnect();
}

/** What INFO says of something. */
const fact = async (name: string) =>
  new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(await pipeline.client.info())?.[1];

type Trouble = [spoil: () => Promise<unknown>, mend: () => Promise<unknown>];

/**
 * A replica of nobody who is there, as after a failover that went wrong. The client connects again and
 * again, and sends again what was refused: see connectRedis.
 */
const READ_ONLY: Trouble = [
  () => pipeline.client.call('REPLICAOF', '127.0.0.1', '9'),
  () => pipeline.client.call('REPLICAOF', 'NO', 'ONE'),
];

/** It cannot save, as on a disk that is full, and takes no writes until it can. */
const CANNOT_SAVE: Trouble = [
  async () => {
    rmSync(join(directory, 'dump.rdb'), { force: true });
    mkdirSync(join(directory, 'dump.rdb'));
    await pipeline.client.config('SET', 'save', '3600 1');
    await pipeline.client.bgsave();
  },
  async () => {
    rmSync(join(directory, 'dump.rdb'), { recursive: true });
    await pipeline.client.bgsave();
  },
];

describe('Redis', { timeout: 90_000 }, () => {
  it('may be down when the processes start, and then load its data: they say so, wait, and begin', async () => {
    for (let n = 0; n < 100; n += 1) await pipeline.client.set(`other:${n}`, 'x'.repeat(1_024));
    await pipeline.client.bgrewriteaof();
    await until('it would be loaded key by key', async () => {
      return (await fact('aof_rewrite_in_progress')) === '0' && Number(await fact('aof_rewrites'));
    });
    await pipeline.redis.kill();
    const [ingest, worker] = await Promise.all([pipeline.ingest(FROM_START), pipeline.worker()]);
    for (const { metricsUrl } of [ingest, worker]) {
      await until('it says what it waits for', async () =>
        /^503 .*waiting for Redis/s.test(await readiness(metricsUrl)),
      );
    }
    const loaded = pipeline.redis.start();
    for (const one of [ingest, worker]) {
      await until('it says that Redis loads its data', () =>
        one
          .logs()
          .some(({ msg, reason }) => msg === 'waiting for Redis' && /loading/.test(String(reason))),
      );
    }
    await finishLoading();
    await loaded;
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

  it('may hang, or refuse commands, and then do as it should: nothing is held, given up or lost', async () => {
    const [ingest, worker] = await Promise.all([pipeline.ingest(FROM_START), pipeline.worker()]);
    const { client } = pipeline;
    /** What is wrong, and the error that a log line of the worker shows; null: there is none. */
    const rows: [spoil: () => unknown, said: RegExp | null, mend: () => unknown][] = [
      [() => pipeline.redis.freeze(true), null, () => pipeline.redis.freeze(false)],
      [
        // Not awaited: it is done when the data is loaded. Connections stay.
        () => void client.call('DEBUG', 'RELOAD'),
        /is loading its data set/,
        finishLoading,
      ],
      [READ_ONLY[0], /REDIS_URL has to lead to the master/, READ_ONLY[1]],
      [
        () => client.config('SET', 'min-replicas-to-write', '1'),
        /NOREPLICAS|Not enough good replicas/,
        () => client.config('SET', 'min-replicas-to-write', '0'),
      ],
      [CANNOT_SAVE[0], /MISCONF/, CANNOT_SAVE[1]],
    ];
    const playing = play(2_000, 200);
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

  it.each<[what: string, said: string]>([
    ['be read-only', 'REDIS_URL has to lead to the master'],
    ['be unable to save', 'MISCONF'],
  ])(
    'may %s for long: each process says so once, and does not ask thousands of times',
    async (what, said) => {
      const processes = await Promise.all([pipeline.ingest(FROM_START), pipeline.worker()]);
      const playing = play(800, 5_000);
      await until('jobs wait, and some are delivered', async () => {
        const { jobs } = await pipeline.snapshot();
        return jobs.waiting > 50 && pipeline.xsoar.stats().objects > 20;
      });
      const [spoil, mend] = what === 'be read-only' ? READ_ONLY : CANNOT_SAVE;
      const [from, errors] = [await fact('uptime_in_seconds'), await fact('total_error_replies')];
      await spoil();
      const told = ({ logs }: TestProcess) =>
        logs().filter(
          ({ msg, err }) =>
            String(msg).startsWith('Redis connection trouble') &&
            JSON.stringify(err).includes(said),
        );
      for (const one of processes) await until('it is told', () => told(one).length > 0);
      await until('it went on for long', async () => {
        return Number(await fact('uptime_in_seconds')) > Number(from) + 2;
      });
      expect(Number(await fact('total_error_replies')) - Number(errors)).toBeLessThan(2_000);
      await mend();
      await playing.finished;
      const { objects } = pipeline.xsoar.stats();
      await until('work goes on', () => pipeline.xsoar.stats().objects > objects + 20);
      for (const one of processes) {
        expect(told(one)).toMatchObject([{ level: 'warn' }]);
        expect(await one.end('SIGTERM')).toBe(0);
      }
    },
  );

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
