/**
 * The ingest process: one leads and reads the stream, others stand by.
 *
 *   standing by ──leadership won──▶ reading ──leadership lost──▶ standing by
 *                                     │  ▲
 *             the cursor in Redis is another than ours (fenced) ──▶ reconnects from there
 */
import { hostname } from 'node:os';
import {
  createOpenctiApi,
  type EntityEventName,
  type LiveStreamOptions,
} from '@xsoar-intel/opencti';
import {
  connectRedis,
  createAuthorNames,
  createCursorStore,
  createDeployments,
  createSlots,
  type Debounce,
  type DeliveryQueue,
  type Keys,
  keysOf,
  type LeaseTimes,
  openDeliveryQueue,
  type Redis,
  type RedisAddress,
  readSnapshot,
  standForLeader,
} from '@xsoar-intel/pipeline';
import { type Logger, sparingly, type Tracing } from '@xsoar-intel/runtime';
import { type LookupTimes, lookUpAuthors } from './author-lookup.ts';
import { createBackpressure, type WaterMarks } from './backpressure.ts';
import {
  type ReportingTimes,
  reportDeployments,
  type SecurityPlatform,
} from './deployment-reports.ts';
import { traceEvents } from './event-tracing.ts';
import type { IngestMetrics } from './metrics.ts';
import { QUEUE_LOOK_MS, watchQueue } from './queue-watch.ts';
import { openReader, type StreamReader } from './reader.ts';
import { type Reconciliation, reconcileByTheClock } from './reconcile-schedule.ts';
import { parseRedisFacts } from './redis-facts.ts';
import { keepRegistered, type Registration, type RegistrationTimes } from './registration.ts';
import { giveSigns } from './sign-of-life.ts';
import type { FirstStart } from './start-position.ts';
import { type HorizonTimes, watchHorizon } from './stream-horizon.ts';
import { type StreamName, watchStreamName } from './stream-name.ts';
import { takeOver } from './take-over.ts';
import { createStreamWriter } from './writer.ts';

/** Everything an ingest has to know. Times in ms. */
export interface IngestSettings {
  redis: RedisAddress;
  connectorId: string;
  opencti: {
    url: string;
    token: string;
    sslVerify: boolean;
    ca: string | null;
    headers: Readonly<Record<string, string>>;
    userAgent: string;
  };
  /** Times of registration and ping; OpenCTI's expectations where not set. */
  registration?: RegistrationTimes;
  /** Times of the questions for OpenCTI's oldest event; the usual ones where not set. */
  horizon?: HorizonTimes;
  /** After so long without room the stream is read anew (ms); the usual time where not set. */
  pauseMaxMs?: number;
  /** Times of the lookups of authors; the usual ones where not set. */
  lookups?: LookupTimes;
  /** How the connector is shown in OpenCTI. */
  connector: { name: string; scope: readonly string[]; version?: string };
  /** The security platform of which OpenCTI is told; null: it is told nothing. */
  reporting?: SecurityPlatform | null;
  /** Times of that; the usual ones where not set. */
  reportingTimes?: ReportingTimes;
  stream: {
    id: string;
    listenDelete: boolean;
    noDependencies: boolean;
    /** Kinds of event that are followed; empty: all. */
    eventTypes: readonly EntityEventName[];
    withInferences: boolean;
    silenceMs: number;
    /** Waits after failures; the usual ones where not set. */
    backoff?: NonNullable<LiveStreamOptions['backoff']>;
    maxEventBytes: number;
    first: FirstStart;
  };
  batchSize: number;
  debounce: Debounce;
  waterMarks: WaterMarks;
  /** Comparing XSOAR with OpenCTI by the clock; null: never. Made when this ingest is the active one. */
  reconciliation?: ((place: ReconcilePlace) => Reconciliation & { close(): Promise<void> }) | null;
  leaderTtlMs: number;
  times: LeaseTimes;
  attempts: number;
}

/** Where deliveries are. */
export interface ReconcilePlace {
  redis: Redis;
  keys: Keys;
  queue: DeliveryQueue;
}

/** A running ingest. */
export interface Ingest {
  /** Reasons why it is not ready; empty when it is. */
  reasons(): string[];
  /** Finishes the batch under way, saves the cursor, gives up the leadership. */
  stop(): Promise<void>;
}

/** Starts an ingest over a Redis that was found fit. */
export function startIngest(
  settings: IngestSettings,
  {
    logger,
    metrics,
    tracing = null,
  }: { logger: Logger; metrics: IngestMetrics; tracing?: Tracing | null },
): Ingest {
  const onRedisError = sparingly((error) =>
    logger.warn({ err: error }, 'Redis connection trouble; commands wait until it is back'),
  );
  const redis = connectRedis(settings.redis, 'ingest', onRedisError);
  const keys = keysOf(settings.connectorId);
  const queue = openDeliveryQueue(redis, keys, {
    attempts: settings.attempts,
    onError: onRedisError,
  });
  const cursor = createCursorStore(redis, keys);
  const name = `${hostname()}:${process.pid}`;
  const version = settings.connector.version ?? '';
  const endSigns = giveSigns(redis, keys, { name, version }, onRedisError);
  let reader: StreamReader | null = null;
  let registration: Registration | null = null;
  let endWatches: (() => void) | null = null;
  let streamName: StreamName | null = null;
  let endLookups: (() => Promise<void>) | null = null;
  let endReports: (() => Promise<void>) | null = null;
  let endReconciling: (() => Promise<void>) | null = null;

  const gate = createBackpressure(redis, keys, settings.waterMarks, {
    everyMs: 5_000,
    logger,
    onChange: (shut) => metrics.backpressure.set(shut ? 1 : 0),
  });
  const writer = createStreamWriter({
    redis,
    keys,
    slots: createSlots(redis, keys, settings.times),
    queue,
    cursor,
    logger,
    relevance: settings.stream,
    debounce: settings.debounce,
    batchSize: settings.batchSize,
    gate,
    random: Math.random,
    onFenced(stored) {
      metrics.fenced.inc();
      logger.error(
        { cursor: stored },
        'the cursor in Redis is not the one written last (Redis lost its newest writes, an operator set it, or another ingest reads); reading again from the stored one',
      );
      reader?.reconnect('the cursor in Redis changed');
    },
    onCaughtUp: () => reader?.caughtUp(),
    onMessage: (message, outcome) => metrics.message(message, outcome),
    onCursor: ({ id }) => metrics.stream.cursor(id.ms),
    ...(tracing === null ? {} : { tracing: traceEvents(tracing, settings.stream.id) }),
  });

  const { ca, ...platform } = settings.opencti;
  const access = { ...platform, ...(ca === null ? {} : { ca }) };
  const api = createOpenctiApi(access);

  const register = (): Registration =>
    keepRegistered(
      {
        api,
        identity: { id: settings.connectorId, ...settings.connector },
        cursor,
        onState: (state) => takeOver({ redis, keys, cursor, logger }, state),
        onReset,
        onHeard: metrics.heard,
        load: async () => ({
          pending: await redis.zcard(keys.pending),
          highMark: settings.waterMarks.pendingHigh,
          buffering: gate.shut,
        }),
        logger,
      },
      settings.registration,
    );

  function openStream(): StreamReader {
    const { id: streamId, eventTypes: _ours, first, ...live } = settings.stream;
    return openReader({
      ...{ redis, keys, cursor, writer, first, logger, metrics },
      stream: { ...access, ...live, streamId },
      inherit: async () => {
        if (registration === null) throw new Error('another ingest is the active one');
        await registration.ready();
      },
      ...(settings.pauseMaxMs === undefined ? {} : { pauseMaxMs: settings.pauseMaxMs }),
      heldBack: () => gate.reason,
      streamName: () => streamName?.name ?? null,
      leader: name,
    });
  }

  /** Somebody pressed "Reset state" in OpenCTI, which does not say who. */
  async function onReset(between: { from: string | null; to: string }): Promise<boolean> {
    const before = await cursor.read();
    if (reader === null || !(await reader.startAnew())) return false;
    metrics.resets.inc();
    logger.warn(
      { between, cursor: before },
      'the state of this connector was reset in OpenCTI: reading starts anew as configured; what is queued stays queued',
    );
    return true;
  }

  /** What only the ingest that leads knows, or should tell. */
  function watchForMetrics(): () => void {
    const ends = [
      watchHorizon(
        api,
        (oldest) => {
          metrics.stream.oldest(oldest.ms);
          reader?.oldest(oldest);
        },
        settings.horizon,
      ),
      watchQueue(
        {
          show(snapshot, facts) {
            metrics.queue.show(snapshot, facts);
            metrics.reconcile.show(snapshot.reconciled);
          },
          clear() {
            metrics.queue.clear();
            metrics.reconcile.clear();
          },
        },
        async () => {
          const [snapshot, info] = await Promise.all([
            readSnapshot(redis, keys, queue, Date.now()),
            redis.info(),
          ]);
          return { snapshot, redis: parseRedisFacts(info) };
        },
        {
          everyMs: QUEUE_LOOK_MS,
          onError: (error) => logger.warn({ err: error }, 'the gauges of the queue are not served'),
        },
      ),
      metrics.stream.clear,
    ];
    return () => {
      for (const end of ends) end();
    };
  }

  const startLookups = (): (() => Promise<void>) =>
    lookUpAuthors(
      {
        names: createAuthorNames(redis, keys),
        ...{ api, queue, logger },
        onLookup: metrics.lookup,
        onRefresh: (count) => metrics.completed.inc(count),
        now: Date.now,
      },
      settings.lookups,
    );

  function startReports(): (() => Promise<void>) | null {
    const platform = settings.reporting ?? null;
    if (platform === null) return null;
    const end = reportDeployments(
      {
        deployments: createDeployments(redis, keys),
        ...{ api: api.deployments, platform, logger },
        onState: metrics.deployments.state,
        onReport: metrics.deployments.reported,
        onWaiting: metrics.deployments.waiting,
      },
      settings.reportingTimes,
    );
    return async () => {
      await end();
      metrics.deployments.state(null);
    };
  }

  function startReconciling(): (() => Promise<void>) | null {
    const reconciliation = settings.reconciliation?.({ redis, keys, queue }) ?? null;
    if (reconciliation === null) return null;
    const end = reconcileByTheClock(reconciliation, {
      ...{ redis, keys, logger },
      onRun: metrics.reconcile.ran,
    });
    return async () => {
      await end();
      await reconciliation.close();
    };
  }

  const leadership = standForLeader(redis, keys, 'ingest', {
    ttlMs: settings.leaderTtlMs,
    onError: onRedisError,
    onChange(leading) {
      metrics.leading.set(leading ? 1 : 0);
      if (leading) {
        logger.info('this ingest is the active one');
        registration = register();
        streamName = watchStreamName({ redis, keys, api, streamId: settings.stream.id, logger });
        reader = openStream();
        endWatches = watchForMetrics();
        endLookups = startLookups();
        endReports = startReports();
        endReconciling = startReconciling();
      } else {
        logger.warn('another ingest is the active one, or Redis is away; standing by');
        void closeStream();
      }
    },
  });

  async function closeStream(): Promise<void> {
    const [open, registered, lookups] = [reader, registration, endLookups];
    const [reports, reconciling] = [endReports, endReconciling];
    endReconciling = null;
    reader = null;
    endLookups = null;
    endReports = null;
    const named = streamName;
    streamName = null;
    registration = null;
    endWatches?.();
    endWatches = null;
    await Promise.all([
      open?.close(),
      registered?.stop(),
      lookups?.(),
      reports?.(),
      named?.stop(),
      reconciling?.(),
    ]);
    if (reader === null) metrics.heard(null);
  }

  return {
    reasons() {
      const reasons: string[] = [];
      if (redis.status !== 'ready') reasons.push(`Redis: ${redis.status}`);
      const change = reader?.change ?? null;
      if (change !== null && change.state !== 'live') {
        reasons.push(`stream ${change.state}: ${change.reason}`);
      }
      return reasons;
    },
    async stop() {
      await closeStream();
      gate.stop();
      await writer.flush();
      writer.stop();
      await leadership.stop();
      await endSigns();
      await queue.close();
      await api.close();
      redis.disconnect();
    },
  };
}
