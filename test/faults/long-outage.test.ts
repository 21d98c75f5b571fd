/**
 * XSOAR is down for ten simulated minutes while 20,000 events come. Time runs SPEED times as fast: the
 * minutes, and every wait between probes and attempts, are divided by it. In real time:
 *
 *   OUTAGE_SPEED=1 node_modules/.bin/vitest run test/faults/long-outage
 *
 * OUTAGE_MINUTES and OUTAGE_EVENTS make it longer and larger.
 */
import { generateFeed } from '@xsoar-intel/simulator';
import { afterEach, describe, expect, it } from 'vitest';
import {
  differences,
  NONE,
  type Pipeline,
  startPipeline,
  type TestProcess,
} from '../e2e/pipeline.ts';
import { until } from '../support/until.ts';

let pipeline: Pipeline | undefined;
afterEach(() => pipeline?.close());

const given = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const SPEED = given('OUTAGE_SPEED', 60);
const OUTAGE_MS = (given('OUTAGE_MINUTES', 10) * 60_000) / SPEED;
const EVENTS = given('OUTAGE_EVENTS', 20_000);
const ENTITIES = Math.round(EVENTS * 0.3);
const MIB = 1_048_576;

/** The default of a wait, `atSpeed`. */
const scaled = (seconds: number): string => `${Math.ceil((seconds * 1_000) / SPEED)}ms`;

const WAITS = {
  HOLD_BACKOFF_MIN: scaled(5),
  HOLD_BACKOFF_MAX: scaled(60),
  DELIVERY_BACKOFF_MIN: scaled(1),
  DELIVERY_BACKOFF_MAX: scaled(300),
  XSOAR_TIMEOUT: scaled(30),
  DELIVERY_TIMEOUT: `${Math.max(3_000, Math.ceil(60_000 / SPEED))}ms`,
  DELIVERY_ATTEMPTS: '8',
  CIRCUIT_FAILURES: '10',
  CONNECTOR_CONSUMER_COUNT: '20',
  CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '0',
};

async function residentBytes(one: TestProcess): Promise<number> {
  const [, bytes] = /^process_resident_memory_bytes\S* (\S+)$/m.exec(await one.metrics()) ?? [];
  if (bytes === undefined) throw new Error('a process does not say how much memory it has');
  return Number(bytes);
}

describe('an outage of ten minutes with 20,000 events', () => {
  it('gives up nothing, needs bounded memory, and everything is delivered when XSOAR is back', {
    timeout: 120_000 + 2 * OUTAGE_MS,
  }, async () => {
    const running = await startPipeline();
    pipeline = running;
    const { faults } = running.xsoar;
    const [ingest, ...workers] = await Promise.all([
      running.ingest(WAITS),
      running.worker(WAITS),
      running.worker(WAITS),
    ]);
    for (const one of [ingest, ...workers]) {
      await until('it tells its metrics', () => residentBytes(one).catch(() => null));
    }
    const redisBytes = async () =>
      Number(/used_memory:(\d+)/.exec(await running.client.info('memory'))?.[1]);
    const before = await redisBytes();
    const most = { redis: 0, ingest: 0, worker: 0, pending: 0 };
    const look = async () => {
      const { pending, dead, jobs } = await running.snapshot();
      expect({ dead, failed: jobs.failed }).toEqual({ dead: 0, failed: 0 });
      most.pending = Math.max(most.pending, pending);
      most.redis = Math.max(most.redis, (await redisBytes()) - before);
      most.ingest = Math.max(most.ingest, await residentBytes(ingest));
      for (const one of workers) most.worker = Math.max(most.worker, await residentBytes(one));
    };

    // It goes down in three ways, a third of the time each: no connection, errors, silence.
    faults.add({ fault: { kind: 'reset', when: 'before' } });
    const from = Date.now();
    const feed = generateFeed({ events: EVENTS, entities: ENTITIES, seed: 9, deleteShare: 0.02 });
    const play = running.opencti.play(feed, { ratePerSecond: (EVENTS / OUTAGE_MS) * 1_250 });
    const ways = [
      () => faults.add({ fault: { kind: 'status', status: 503 } }),
      () => faults.add({ fault: { kind: 'hang' } }),
      null,
    ];
    for (const [index, next] of ways.entries()) {
      while (Date.now() - from < (OUTAGE_MS * (index + 1)) / ways.length) {
        await look();
        await new Promise((resolve) => setTimeout(resolve, Math.min(OUTAGE_MS / 30, 5_000)));
      }
      if (next) {
        faults.clear();
        next();
      }
    }
    await play.finished;
    await look();
    const [hold] = (await running.snapshot()).holds;
    expect(hold?.kind).toBe('outage');
    expect(most.pending).toBeGreaterThan(ENTITIES * 0.5);
    // One probe at a time, at the pace of the longest wait: not thousands of requests.
    const asked = running.xsoar.stats().requests;
    expect(asked).toBeLessThan(400);

    faults.clear();
    const back = Date.now();
    const { dead, holds, jobs } = await running.quiet(110_000);
    const took = Date.now() - back;
    await look();
    expect({ dead, holds, failed: jobs.failed }).toEqual({ dead: 0, holds: [], failed: 0 });
    const compared = await running.compare();
    expect(differences(compared)).toEqual(NONE);
    expect(compared.checked).toBeGreaterThan(ENTITIES * 0.5);

    const mib = (bytes: number) => `${Math.round(bytes / MIB)} MiB`;
    process.stdout.write(
      `outage of ${OUTAGE_MS / 1_000} s (${SPEED} times as fast), ${EVENTS} events, ${asked} requests meanwhile: ` +
        `at most ${most.pending} pending in ${mib(most.redis)} of Redis, ingest ${mib(most.ingest)}, ` +
        `worker ${mib(most.worker)}; all delivered ${took} ms after it\n`,
    );
    // By far more than an entity takes; a leak of jobs or events would be more by the minute.
    expect(most.redis).toBeLessThan(ENTITIES * 10_000 + 20 * MIB);
    expect(most.ingest).toBeLessThan(400 * MIB);
    expect(most.worker).toBeLessThan(400 * MIB);
  });
});
