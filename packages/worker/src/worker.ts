/**
 * The worker process: takes delivery jobs, pushes to XSOAR, sweeps if it leads.
 */
import { hostname } from 'node:os';
import type { StixObject } from '@xsoar-intel/opencti';
import {
  type BackoffBounds,
  connectRedis,
  createHolds,
  createSlots,
  createSweeper,
  DELIVERY_QUEUE,
  type DeliveryData,
  keysOf,
  type LeaseTimes,
  type MappingResult,
  openDeliveryQueue,
  standForLeader,
} from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import { createIndicatorWriter, createXsoarClient, type XsoarOptions } from '@xsoar-intel/xsoar';
import { Worker as BullWorker, type Job } from 'bullmq';
import { createAuthors } from './authors.ts';
import { createBurial } from './dead-letter.ts';
import { DeliveryError } from './delivery-error.ts';
import { isClosed, watchHolds } from './hold-watch.ts';
import { guardLeases } from './lease-guard.ts';
import type { WorkerMetrics } from './metrics.ts';
import { createProcessor } from './processor.ts';

/** Everything a worker has to know. Times in ms. */
export interface WorkerSettings {
  redisUrl: string;
  connectorId: string;
  /** Concurrent jobs of this process. */
  consumerCount: number;
  xsoar: Omit<XsoarOptions, 'onRequest' | 'connections'>;
  /** Maps and filters; the author's name is looked up before. */
  map(object: StixObject, authorName: string | undefined): MappingResult;
  times: LeaseTimes;
  /** Longest time for all requests of one delivery; shorter than the lease. */
  pushBudgetMs: number;
  attempts: number;
  backoff: BackoffBounds;
  holdBackoff: BackoffBounds;
  circuitFailures: number;
  /** How long BullMQ leaves a silent worker's job alone. */
  lockMs: number;
  sweepEveryMs: number;
  /** How long a state may be without a job before the sweeper gives it one. */
  sweepGraceMs: number;
  /** After how long a stop cuts off the pushes that are still under way. */
  cutAfterMs: number;
}

/** A running worker. */
export interface Worker {
  readonly name: string;
  /** Reasons why it is not ready; empty when it is. */
  reasons(): string[];
  /** Finishes the pushes under way, hands the rest back. */
  stop(): Promise<void>;
}

/** How often a worker looks at the holds and says that it lives. */
const LOOK_MS = 500;
const ALIVE_MS = 5_000;

/** Starts a worker over a Redis that was found fit. */
export function startWorker(
  settings: WorkerSettings,
  { logger, metrics }: { logger: Logger; metrics: WorkerMetrics },
): Worker {
  const name = `${hostname()}:${process.pid}`;
  const onRedisError = (error: unknown): void => {
    logger.warn({ err: error }, 'Redis connection trouble; work goes on when it is back');
  };
  const redis = connectRedis(settings.redisUrl, 'worker', onRedisError);
  // BullMQ blocks on a connection of its own; it must not share ours.
  const workerRedis = connectRedis(settings.redisUrl, 'worker-jobs', onRedisError);
  const keys = keysOf(settings.connectorId);
  const queue = openDeliveryQueue(redis, keys, {
    attempts: settings.attempts,
    onError: onRedisError,
  });
  const slots = createSlots(redis, keys, settings.times);
  const holds = createHolds(redis, keys);
  const authors = createAuthors(redis, keys, Date.now);
  const client = createXsoarClient({
    ...settings.xsoar,
    connections: settings.consumerCount,
    onRequest: metrics.request,
  });

  const guard = guardLeases(client, Date.now);

  const processJob = createProcessor({
    slots,
    queue,
    holds,
    writer: createIndicatorWriter(guard.client),
    async map(object) {
      return settings.map(object, await authors.nameOf(object.created_by_ref));
    },
    logger,
    workerName: name,
    beginPush: (signal) => guard.begin(signal, settings.pushBudgetMs),
    backoff: settings.backoff,
    holdBackoff: settings.holdBackoff,
    circuitFailures: settings.circuitFailures,
    now: Date.now,
    random: Math.random,
    onHeld: () => watch.rest(),
    onResult: metrics.result,
  });

  const jobs = new BullWorker<DeliveryData, unknown, string>(
    DELIVERY_QUEUE,
    (job, token, signal) => processJob(job, token, signal),
    {
      connection: workerRedis,
      prefix: keys.prefix,
      name,
      concurrency: settings.consumerCount,
      lockDuration: settings.lockMs,
      stalledInterval: Math.max(Math.round(settings.lockMs / 2), 250),
      // A worker that dies takes its jobs' stall counts with it: only a job that
      // kills worker after worker is a dead letter.
      maxStalledCount: 10,
      drainDelay: 5,
      runRetryDelay: 1_000,
      settings: {
        backoffStrategy: (attempts, _type, error) =>
          error instanceof DeliveryError
            ? error.delayMs
            : Math.min(settings.backoff.minMs * 2 ** attempts, settings.backoff.maxMs),
      },
    },
  );
  jobs.on('error', onRedisError);
  const bury = createBurial({ slots, queue, logger, workerName: name, onDead: metrics.dead });
  jobs.on('failed', (job: Job<DeliveryData, unknown, string> | undefined, error: Error) => {
    bury(job, error).catch(onRedisError);
  });

  const watch = watchHolds(jobs, holds, {
    everyMs: LOOK_MS,
    onChange: metrics.holds,
    onError: onRedisError,
  });

  const sweep = createSweeper(redis, keys, queue, settings.sweepGraceMs);
  const leadership = standForLeader(redis, keys, 'sweeper', {
    ttlMs: Math.max(settings.sweepEveryMs * 2, 5_000),
    onChange: () => {},
    onError: onRedisError,
  });
  const sweepTimer = setInterval(() => {
    if (!leadership.leading) return;
    sweep().then(({ revived }) => {
      metrics.swept(revived);
      if (revived > 0) logger.info({ revived }, 'sweeper: states without a job got one');
    }, onRedisError);
  }, settings.sweepEveryMs);

  const alive = (): void => {
    redis.zadd(keys.workers, Date.now(), name).catch(onRedisError);
    redis.zremrangebyscore(keys.workers, 0, Date.now() - 60_000).catch(onRedisError);
  };
  alive();
  const aliveTimer = setInterval(alive, ALIVE_MS);

  return {
    name,
    reasons() {
      const reasons = watch.holds
        .filter((hold) => isClosed(hold, Date.now()))
        .map((hold) => `held (${hold.kind}): ${hold.reason}`);
      if (redis.status !== 'ready') reasons.push(`Redis: ${redis.status}`);
      return reasons;
    },
    async stop() {
      clearInterval(sweepTimer);
      clearInterval(aliveTimer);
      watch.stop();
      const closed = jobs.close();
      // A push that takes longer is cut off, and its job handed back.
      const cut = setTimeout(() => jobs.cancelAllJobs('shutdown'), settings.cutAfterMs);
      await closed;
      clearTimeout(cut);
      await leadership.stop();
      if (redis.status === 'ready') await redis.zrem(keys.workers, name);
      await queue.close();
      await client.close();
      redis.disconnect();
      workerRedis.disconnect();
    },
  };
}
