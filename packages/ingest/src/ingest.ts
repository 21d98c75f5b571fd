/**
 * The ingest process: one leads and reads the stream, others stand by.
 *
 *   standing by ──leadership won──▶ reading ──leadership lost──▶ standing by
 *                                     │  ▲
 *             the cursor in Redis is another than ours (fenced) ──▶ reconnects from there
 */
import {
  createOpenctiApi,
  type EntityEventName,
  type LiveStream,
  openLiveStream,
  type StreamStateChange,
} from '@xsoar-intel/opencti';
import {
  connectRedis,
  createCursorStore,
  createSlots,
  keysOf,
  type LeaseTimes,
  openDeliveryQueue,
  parseCursor,
  readSnapshot,
  standForLeader,
} from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import { createBackpressure, type WaterMarks } from './backpressure.ts';
import type { IngestMetrics } from './metrics.ts';
import { QUEUE_LOOK_MS, watchQueue } from './queue-watch.ts';
import { parseRedisFacts } from './redis-facts.ts';
import { keepRegistered, type Registration } from './registration.ts';
import { type FirstStart, startPosition } from './start-position.ts';
import { watchHorizon } from './stream-horizon.ts';
import { createStreamWriter } from './writer.ts';

/** Everything an ingest has to know. Times in ms. */
export interface IngestSettings {
  redisUrl: string;
  connectorId: string;
  opencti: {
    url: string;
    token: string;
    sslVerify: boolean;
    ca: string | null;
    headers: Readonly<Record<string, string>>;
    userAgent: string;
  };
  /** How the connector is shown in OpenCTI. */
  connector: { name: string; scope: readonly string[] };
  stream: {
    id: string;
    listenDelete: boolean;
    noDependencies: boolean;
    /** Kinds of event that are followed; empty: all. */
    eventTypes: readonly EntityEventName[];
    withInferences: boolean;
    silenceMs: number;
    maxEventBytes: number;
    first: FirstStart;
  };
  batchSize: number;
  waterMarks: WaterMarks;
  leaderTtlMs: number;
  times: LeaseTimes;
  attempts: number;
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
  { logger, metrics }: { logger: Logger; metrics: IngestMetrics },
): Ingest {
  const onRedisError = (error: Error): void => {
    logger.warn({ err: error }, 'Redis connection trouble; commands wait until it is back');
  };
  const redis = connectRedis(settings.redisUrl, 'ingest', onRedisError);
  const keys = keysOf(settings.connectorId);
  const queue = openDeliveryQueue(redis, keys, {
    attempts: settings.attempts,
    onError: onRedisError,
  });
  const cursor = createCursorStore(redis, keys);
  let stream: LiveStream | null = null;
  let registration: Registration | null = null;
  let endWatches: (() => void) | null = null;
  let streamState: StreamStateChange | null = null;

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
    batchSize: settings.batchSize,
    gate,
    random: Math.random,
    onFenced(stored) {
      metrics.fenced.inc();
      logger.error(
        { cursor: stored },
        'the cursor in Redis is not the one written last (Redis lost its newest writes, an operator set it, or another ingest reads); reading again from the stored one',
      );
      stream?.reconnect('the cursor in Redis changed');
    },
    onMessage: (message, outcome) => metrics.message(message, outcome),
    onCursor: ({ id }) => metrics.stream.cursor(id.ms),
  });

  /** Asked before each connection: the stored cursor decides, whoever wrote it. */
  async function position() {
    const stored = await cursor.read();
    const start = startPosition(stored, settings.stream.first, Date.now());
    await writer.restart(stored, start.recover);
    // Closed meanwhile: another may read by now, whose numbers ours must not contradict.
    if (stream !== null) metrics.stream.from(parseCursor(stored)?.id.ms ?? null);
    logger.info({ from: start.from, recover: start.recover }, 'reading the stream');
    return { from: start.from, ...(start.recover === null ? {} : { recover: start.recover }) };
  }

  const { ca, ...platform } = settings.opencti;
  const access = { ...platform, ...(ca === null ? {} : { ca }) };
  const api = createOpenctiApi(access);

  const register = (): Registration =>
    keepRegistered({
      api,
      identity: { id: settings.connectorId, ...settings.connector },
      cursor,
      load: async () => ({
        pending: await redis.zcard(keys.pending),
        highMark: settings.waterMarks.pendingHigh,
        buffering: gate.shut,
      }),
      logger,
    });

  function openStream(): LiveStream {
    const { stream: live } = settings;
    return openLiveStream({
      ...access,
      streamId: live.id,
      listenDelete: live.listenDelete,
      noDependencies: live.noDependencies,
      withInferences: live.withInferences,
      silenceMs: live.silenceMs,
      maxEventBytes: live.maxEventBytes,
      position,
      room: () => writer.room(),
      onMessage(message) {
        if (message.kind === 'connected') warnOfGap(message.firstEventId?.ms ?? null);
        writer.accept(message);
      },
      onState(change) {
        streamState = change;
        metrics.state(change);
        const entry = { state: change.state, status: change.status, retryInMs: change.retryInMs };
        if (change.state === 'live' || change.state === 'connecting' || change.state === 'closed') {
          logger.info(entry, `stream: ${change.reason}`);
        } else {
          logger.warn(entry, `stream: ${change.reason}`);
        }
      },
    });
  }

  /** OpenCTI forgets old events without a word; then deletes of that time are lost to us. */
  function warnOfGap(oldestMs: number | null): void {
    void cursor.read().then((stored) => {
      const at = parseCursor(stored)?.id.ms;
      if (at === undefined || oldestMs === null || at >= oldestMs) return;
      metrics.gaps.inc();
      logger.error(
        { cursor: stored, oldest: new Date(oldestMs).toISOString() },
        'OpenCTI no longer has the events after the cursor: what happened in between is missed. Raise the retention of its Redis stream, and catch up with "xsoar-intel cursor reset" (deletes of that time cannot be caught up)',
      );
    }, onRedisError);
  }

  /** What only the ingest that leads knows, or should tell. */
  function watchForMetrics(): () => void {
    const ends = [
      watchHorizon(api, metrics.stream.oldest),
      watchQueue(
        metrics.queue,
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

  const leadership = standForLeader(redis, keys, 'ingest', {
    ttlMs: settings.leaderTtlMs,
    onError: (error) => onRedisError(error instanceof Error ? error : new Error(String(error))),
    onChange(leading) {
      metrics.leading.set(leading ? 1 : 0);
      if (leading) {
        logger.info('this ingest is the active one');
        stream = openStream();
        registration = register();
        endWatches = watchForMetrics();
      } else {
        logger.warn('another ingest is the active one, or Redis is away; standing by');
        void closeStream();
      }
    },
  });

  async function closeStream(): Promise<void> {
    const [open, registered] = [stream, registration];
    stream = null;
    registration = null;
    endWatches?.();
    endWatches = null;
    await Promise.all([open?.close(), registered?.stop()]);
  }

  return {
    reasons() {
      const reasons: string[] = [];
      if (redis.status !== 'ready') reasons.push(`Redis: ${redis.status}`);
      if (leadership.leading && streamState !== null && streamState.state !== 'live') {
        reasons.push(`stream ${streamState.state}: ${streamState.reason}`);
      }
      return reasons;
    },
    async stop() {
      await closeStream();
      gate.stop();
      await writer.flush();
      writer.stop();
      await leadership.stop();
      await queue.close();
      await api.close();
      redis.disconnect();
    },
  };
}
