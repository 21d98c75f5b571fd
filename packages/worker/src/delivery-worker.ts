/**
 * The part of a worker that needs Redis only: takes jobs, delivers through a
 * writer that it is given, rests while deliveries are held, buries what failed
 * for good, and sweeps if it leads.
 */
import {
  type BackoffBounds,
  createHolds,
  DELIVERY_QUEUE,
  type DeliveryData,
  type Hold,
  holdsEverything,
  type Keys,
  keptJobs,
  openDeliveryQueue,
  type Redis,
  type Slots,
} from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import { Worker as BullWorker, type Job } from 'bullmq';
import type { ConcurrencyGate } from './adaptive/gate.ts';
import { createBurial } from './dead-letter.ts';
import type { DeliveryParts } from './deliver.ts';
import { DeliveryError } from './delivery-error.ts';
import type { DeploymentNotes } from './deployment-notes.ts';
import { watchHolds } from './hold-watch.ts';
import type { WorkerMetrics } from './metrics.ts';
import { createProcessor } from './processor.ts';
import { type SweepSettings, startSweeping } from './sweeping.ts';
import { startWatchdog } from './watchdog.ts';

/** How deliveries are made. Times in ms. */
export interface DeliverySettings extends SweepSettings {
  /** Jobs of this process that are under way at a time. */
  jobsAtATime: number;
  attempts: number;
  backoff: BackoffBounds;
  holdBackoff: BackoffBounds;
  circuitFailures: number;
  /** How long BullMQ leaves a silent worker's job alone. */
  lockMs: number;
  /** Time between looks at the holds. */
  lookMs: number;
  /** How long jobs may wait while this worker takes none; longer than the longest push. */
  deafAfterMs: number;
  /** After how long a stop cuts off the pushes that are still under way. */
  cutAfterMs: number;
}

/** What deliveries are made with. */
export interface DeliveryWorkerParts extends Omit<DeliveryParts, 'now'> {
  name: string;
  redis: Redis;
  /** For the commands of BullMQ, which makes another of its kind to block on. */
  jobsRedis: Redis;
  keys: Keys;
  slots: Slots;
  logger: Logger;
  metrics: Pick<WorkerMetrics, 'result' | 'dead' | 'holds' | 'swept' | 'trimmed'>;
  onRedisError(error: unknown): void;
  /** Notes for OpenCTI what became of entities; not where that is switched off. */
  notes?: DeploymentNotes;
  /** Says how many jobs may be taken at a time; always `jobsAtATime` where not set. */
  gate?: Pick<ConcurrencyGate, 'limit' | 'follow' | 'began' | 'ended'>;
  /** It takes no jobs any more, and will not do so by itself. */
  onDeaf(error: Error): void;
}

/** Deliveries that are being made. */
export interface DeliveryWorker {
  /** The holds as last seen. */
  readonly holds: readonly Hold[];
  /** Finishes the pushes under way, hands the rest back. */
  stop(): Promise<void>;
  /** Drops everything as it is, as a crash does. Its connections are to be cut before. */
  abandon(): Promise<void>;
}

/** Starts making deliveries. */
export function startDeliveryWorker(
  settings: DeliverySettings,
  parts: DeliveryWorkerParts,
): DeliveryWorker {
  const { name, redis, keys, slots, logger, metrics, onRedisError } = parts;
  const queue = openDeliveryQueue(redis, keys, {
    attempts: settings.attempts,
    onError: onRedisError,
  });
  const holds = createHolds(redis, keys);

  const processJob = createProcessor({
    slots,
    queue,
    holds,
    writer: parts.writer,
    ...(parts.removal === undefined ? {} : { removal: parts.removal }),
    ...(parts.tracing === undefined ? {} : { tracing: parts.tracing }),
    map: parts.map,
    beginPush: parts.beginPush,
    logger,
    workerName: name,
    backoff: settings.backoff,
    holdBackoff: settings.holdBackoff,
    circuitFailures: settings.circuitFailures,
    now: Date.now,
    random: Math.random,
    onHeld: () => watch.rest(),
    ...(parts.notes === undefined ? {} : { onDelivered: parts.notes.delivered }),
    onResult: metrics.result,
  });

  const jobs = new BullWorker<DeliveryData, unknown, string>(
    DELIVERY_QUEUE,
    async (job, token, signal) => {
      watchdog.moved();
      parts.gate?.began();
      try {
        return await processJob(job, token, signal);
      } finally {
        parts.gate?.ended();
        watchdog.moved();
      }
    },
    {
      connection: parts.jobsRedis,
      prefix: keys.prefix,
      name,
      concurrency: parts.gate?.limit ?? settings.jobsAtATime,
      lockDuration: settings.lockMs,
      stalledInterval: Math.max(Math.round(settings.lockMs / 2), 250),
      // A worker that dies takes its jobs' stall counts with it: only a job that
      // kills worker after worker is a dead letter.
      maxStalledCount: 10,
      drainDelay: 5,
      runRetryDelay: 1_000,
      ...keptJobs,
      // Counts what ended, minute by minute, for the rates of `status` and `top`.
      metrics: { maxDataPoints: 60 },
      settings: {
        backoffStrategy: (attempts, _type, error) =>
          error instanceof DeliveryError
            ? error.delayMs
            : Math.min(settings.backoff.minMs * 2 ** attempts, settings.backoff.maxMs),
      },
    },
  );
  jobs.on('error', (error) => {
    onRedisError(error);
    // BullMQ asks at once again for the job that Redis refused to hand out, thousands of times a second.
    if (error.name === 'ReplyError') watch.rest();
  });
  // BullMQ asks before every job that it takes.
  parts.gate?.follow((limit) => {
    jobs.concurrency = limit;
  });
  const bury = createBurial({
    ...{ slots, queue, logger, workerName: name, onDead: metrics.dead },
    ...(parts.notes === undefined ? {} : { onBuried: parts.notes.buried }),
  });
  jobs.on('failed', (job: Job<DeliveryData, unknown, string> | undefined, error: Error) => {
    bury(job, error).catch(onRedisError);
  });

  const watch = watchHolds(jobs, holds, {
    everyMs: settings.lookMs,
    onChange: metrics.holds,
    // What BullMQ's scripts set for whoever waits when they add a job.
    onResume: () => void redis.zadd(queue.toKey('marker'), 0, '0').catch(onRedisError),
    onError: onRedisError,
  });

  const watchdog = startWatchdog({
    async look() {
      const { wait = 0 } = await queue.getJobCounts('wait');
      return {
        waiting: wait,
        held: wait > 0 && (watch.holds.some(holdsEverything) || (await queue.isPaused())),
      };
    },
    connected: () => redis.status === 'ready' && parts.jobsRedis.status === 'ready',
    patienceMs: settings.deafAfterMs,
    everyMs: Math.min(settings.deafAfterMs / 5, 5_000),
    now: () => performance.now(),
    onDeaf: parts.onDeaf,
    onError: onRedisError,
  });

  const sweeping = startSweeping(settings, {
    redis,
    keys,
    queue,
    logger,
    metrics,
    onError: onRedisError,
  });

  return {
    get holds() {
      return watch.holds;
    },
    async stop() {
      sweeping.pause();
      watchdog.stop();
      watch.stop();
      const closed = jobs.close();
      // A push that takes longer is cut off, and its job handed back.
      const cut = setTimeout(() => jobs.cancelAllJobs('shutdown'), settings.cutAfterMs);
      await closed;
      clearTimeout(cut);
      await sweeping.stop();
      await queue.close();
    },
    async abandon() {
      sweeping.pause();
      watchdog.stop();
      watch.stop();
      await Promise.all([jobs.close(true), sweeping.stop()]);
    },
  };
}
