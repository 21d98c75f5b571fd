/**
 * The worker process: takes delivery jobs, pushes to XSOAR, sweeps if it leads.
 */
import { hostname } from 'node:os';
import type { StixObject } from '@xsoar-intel/opencti';
import {
  connectRedis,
  createAuthorNames,
  createDeleteGuard,
  createDeployments,
  createSlots,
  createWorkerSigns,
  type DeleteGuardSettings,
  keysOf,
  type LeaseTimes,
  type MappingResult,
  type Redis,
  type RedisAddress,
  readTenantAnswers,
  words,
} from '@xsoar-intel/pipeline';
import { type Logger, sparingly, type Tracing } from '@xsoar-intel/runtime';
import {
  createIndicatorWriter,
  createXsoarClient,
  resolveEndpoint,
  type TenantNeeds,
  type XsoarOptions,
} from '@xsoar-intel/xsoar';
import { type Adaptation, adaptTo } from './adaptation.ts';
import { createConcurrencyControl } from './adaptive/controller.ts';
import { createConcurrencyGate } from './adaptive/gate.ts';
import { createAuthors } from './authors.ts';
import { traceDeliveries } from './delivery-tracing.ts';
import { type DeliverySettings, startDeliveryWorker } from './delivery-worker.ts';
import { createDeploymentNotes } from './deployment-notes.ts';
import { isClosed } from './hold-watch.ts';
import { guardLeases } from './lease-guard.ts';
import { limitWrites } from './limit-writes.ts';
import type { WorkerMetrics } from './metrics.ts';
import type { RemovalOptions } from './removal.ts';
import { watchTenant } from './tenant-watch.ts';
import { watchSlots } from './watch-slots.ts';

/** Everything a worker has to know. Times in ms. */
export interface WorkerSettings
  extends Omit<
    DeliverySettings,
    'jobsAtATime' | 'lookMs' | 'sweeperTtlMs' | 'deafAfterMs' | 'tombstoneMs'
  > {
  /** Writes to XSOAR at a time. */
  consumerCount: number;
  /** Version of the program, which operators see. */
  version: string;
  redis: RedisAddress;
  connectorId: string;
  xsoar: Omit<XsoarOptions, 'onRequest' | 'connections'>;
  /** Maps and filters; the author's name is looked up before. */
  map(object: StixObject, authorName: string | undefined): MappingResult;
  /** Find out how many deliveries at a time XSOAR takes well, `consumerCount` at most. */
  adaptive: boolean;
  /** What becomes of an XSOAR indicator that nothing in OpenCTI stands behind any more. */
  removal: RemovalOptions;
  /** Types and fields that the mapping may write: checked against the tenant's lists. */
  needs: TenantNeeds;
  times: LeaseTimes;
  /** Whether what became of entities is noted for the ingest, which tells OpenCTI. */
  deploymentReporting?: boolean;
  /** Longest time for all requests of one delivery; shorter than the lease. */
  pushBudgetMs: number;
  /** When deletes are held. */
  deleteGuard: DeleteGuardSettings;
}

/** A running worker. */
export interface Worker {
  readonly name: string;
  /** Reasons why it is not ready; empty when it is. */
  reasons(): string[];
  /** Finishes the pushes under way, hands the rest back. */
  stop(): Promise<void>;
}

/**
 * Jobs under way at a time. A delivery looks its value up, waits for others to join that
 * look-up, then writes: with one job for each write, XSOAR would stand idle for half of the
 * time. More of them also make fuller look-ups and deletes; each holds some KB, and waits for its
 * turn within the time of its push, so there are few for each write.
 */
const jobsFor = (consumerCount: number): number =>
  consumerCount + Math.min(3 * consumerCount, MAX_JOBS_AHEAD);
const MAX_JOBS_AHEAD = 100;
/** Look-ups are joined: seldom is more than one under way. */
const LOOKUP_CONNECTIONS = 2;
/** How often a worker looks at the holds and says that it lives. */
const LOOK_MS = 500;
const ALIVE_MS = 5_000;
/** Longer than any reconnect or failover that mends itself. */
const DEAF_MS = 60_000;

/** Starts a worker over a Redis that was found fit. */
export async function startWorker(
  settings: WorkerSettings,
  {
    logger,
    metrics,
    tracing = null,
    fail,
  }: {
    logger: Logger;
    metrics: WorkerMetrics;
    tracing?: Tracing | null;
    /** Ends the process: it can do no good any more. */
    fail(error: Error): void;
  },
): Promise<Worker> {
  const name = `${hostname()}:${process.pid}`;
  const onRedisError = sparingly((error) =>
    logger.warn({ err: error }, 'Redis connection trouble; work goes on when it is back'),
  );
  const redis = connectRedis(settings.redis, 'worker', onRedisError);
  // For the commands of BullMQ, which makes another of its kind to block on.
  const jobsRedis = connectRedis(settings.redis, 'worker-jobs', onRedisError);
  const keys = keysOf(settings.connectorId);
  const adaptation = await adaptationOf(settings, redis, logger);
  const authors = createAuthors(createAuthorNames(redis, keys), Date.now, metrics.nameless);
  const gate = settings.adaptive
    ? createConcurrencyGate(
        createConcurrencyControl({ cap: settings.consumerCount }),
        () => performance.timeOrigin + performance.now(),
      )
    : null;
  if (gate === null) metrics.limit(settings.consumerCount);
  else gate.follow(metrics.limit);
  const traced = tracing === null ? null : traceDeliveries(tracing);
  const client = createXsoarClient({
    ...settings.xsoar,
    api: adaptation.api,
    connections: settings.consumerCount + LOOKUP_CONNECTIONS,
    onRequest(info) {
      metrics.request(info);
      gate?.requested(info);
      traced?.requested(info);
    },
  });
  const deleteGuard = createDeleteGuard(redis, keys, settings.deleteGuard, {
    by: name,
    now: () => performance.now(),
    describe: words.duration,
  });
  const guard = guardLeases(client, Date.now);
  const stopTenantWatch = watchTenant(client, settings.needs, logger);

  const notes = createDeploymentNotes({
    deployments: createDeployments(redis, keys),
    onDropped: (count) => metrics.reportsDropped(count),
    onError: (error) =>
      logger.warn({ err: error }, 'what became of indicators is not noted for OpenCTI for now'),
    now: Date.now,
  });
  const deliveries = startDeliveryWorker(
    {
      ...settings,
      jobsAtATime: jobsFor(settings.consumerCount),
      lookMs: LOOK_MS,
      deafAfterMs: Math.max(DEAF_MS, 2 * settings.pushBudgetMs),
      tombstoneMs: settings.times.tombstoneMs,
      sweeperTtlMs: Math.max(settings.sweepEveryMs * 2, 5_000),
    },
    {
      name,
      redis,
      jobsRedis,
      keys,
      slots: watchSlots(createSlots(redis, keys, settings.times, deleteGuard), metrics.leases),
      writer: createIndicatorWriter(limitWrites(guard.client, settings.consumerCount), {
        maxIndexLagMs: adaptation.maxIndexLagMs,
        // A delete that waits for the index has to end before its delivery does, or it never ends.
        maxDeleteLagMs: adaptation.maxDeleteLagMs,
        ...(traced === null ? {} : { joined: traced.joined }),
      }),
      async map(object, state) {
        return settings.map(object, await authors.nameOf(object.created_by_ref, state));
      },
      removal: settings.removal,
      ...(settings.deploymentReporting === true ? { notes } : {}),
      beginPush: (signal) => guard.begin(signal, settings.pushBudgetMs),
      logger,
      metrics,
      onRedisError,
      ...(gate === null ? {} : { gate }),
      ...(traced === null ? {} : { tracing: traced }),
      onDeaf: fail,
    },
  );

  const signs = createWorkerSigns(redis, keys, Date.now);
  const since = Date.now();
  const alive = (): void => {
    signs.give({ name, version: settings.version, since }).catch(onRedisError);
  };
  alive();
  const aliveTimer = setInterval(alive, ALIVE_MS);

  return {
    name,
    reasons() {
      const reasons = deliveries.holds
        .filter((hold) => isClosed(hold, Date.now()))
        .map((hold) => `held (${hold.kind}): ${hold.reason}`);
      if (redis.status !== 'ready') reasons.push(`Redis: ${redis.status}`);
      return reasons;
    },
    async stop() {
      clearInterval(aliveTimer);
      stopTenantWatch();
      await deliveries.stop();
      if (redis.status === 'ready') {
        await notes.idle();
        await signs.withdraw(name);
      }
      await client.close();
      redis.disconnect();
      jobsRedis.disconnect();
    },
  };
}

/** Reads what a probe found, and says what is made of it. */
async function adaptationOf(
  settings: WorkerSettings,
  redis: Redis,
  logger: Logger,
): Promise<Adaptation> {
  const answers = await readTenantAnswers(redis, keysOf(settings.connectorId));
  const { origin, basePath } = resolveEndpoint(settings.xsoar);
  const adaptation = adaptTo(answers, {
    api: settings.xsoar.api ?? 'auto',
    address: `${origin}${basePath}`,
    pushBudgetMs: settings.pushBudgetMs,
    lateWindowMs: settings.times.lateWindowMs,
  });
  const { adapted, warnings } = adaptation;
  const probedAt = answers === null ? null : new Date(answers.at).toISOString();
  if (adapted.length > 0)
    logger.info({ adapted, probedAt }, 'adapted to what the write probe found');
  for (const advice of warnings) {
    logger.warn({ advice, probedAt }, 'the write probe found what needs a hand');
  }
  return adaptation;
}
