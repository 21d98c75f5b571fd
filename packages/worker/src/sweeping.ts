/**
 * What one of the workers does for all of them, now and then: gives jobs to states that have none,
 * and keeps the dead letters within their bounds.
 */
import {
  createDeadLetterTrim,
  createSweeper,
  type DeadLetterBounds,
  type DeliveryQueue,
  type Keys,
  NEAR_BOUND,
  type Redis,
  standForLeader,
  type Trim,
} from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import type { WorkerMetrics } from './metrics.ts';

/** How often, and within which bounds. Times in ms. */
export interface SweepSettings {
  sweepEveryMs: number;
  /** How long a state may be without a job before the sweeper gives it one. */
  sweepGraceMs: number;
  /** After how long a sweeper that died is replaced. */
  sweeperTtlMs: number;
  deadLetters: DeadLetterBounds;
  /** How long an entity that has nothing in XSOAR is remembered. */
  tombstoneMs: number;
}

/** Every so many sweeps all dead letters are measured: the bounds are held over a minute, not at each moment. */
const SWEEPS_A_TRIM = 4;
/** Entities that a log line names. */
const NAMED = 20;

/** Starts it; the function ends it. */
export function startSweeping(
  settings: SweepSettings,
  parts: {
    redis: Redis;
    keys: Keys;
    queue: DeliveryQueue;
    logger: Logger;
    metrics: Pick<WorkerMetrics, 'swept' | 'trimmed'>;
    onError(error: unknown): void;
  },
): { stop(): Promise<void>; pause(): void } {
  const { redis, keys, queue, logger, metrics, onError } = parts;
  const sweep = createSweeper(redis, keys, queue, settings.sweepGraceMs);
  const trim = createDeadLetterTrim(redis, keys, queue, {
    bounds: settings.deadLetters,
    tombstoneMs: settings.tombstoneMs,
  });
  const leadership = standForLeader(redis, keys, 'sweeper', {
    ttlMs: settings.sweeperTtlMs,
    onChange: () => {},
    onError,
  });
  let untilTrim = 0;
  let near = false;
  let busy = false;

  function tell({ load, share, dropped, more }: Trim): void {
    metrics.trimmed(share, dropped);
    const said = { deadLetters: load.count, bytes: load.bytes, share: Number(share.toFixed(2)) };
    if (dropped.length > 0) {
      const reasons = [...new Set(dropped.map(({ reason }) => reason))];
      const entityIds = dropped.slice(0, NAMED).map(({ entityId }) => entityId);
      logger.error(
        { ...said, dropped: dropped.length, more, reasons, entityIds },
        'dead letters were dropped, the oldest: there are more than their bounds allow',
      );
    } else if (share >= NEAR_BOUND && !near) {
      logger.warn(said, 'dead letters are near their bounds; beyond them the oldest are dropped');
    }
    near = share >= NEAR_BOUND;
  }

  async function round(): Promise<void> {
    const { revived } = await sweep();
    metrics.swept(revived);
    if (revived > 0) logger.info({ revived }, 'sweeper: states without a job got one');
    untilTrim -= 1;
    if (untilTrim > 0) return;
    untilTrim = SWEEPS_A_TRIM;
    const trimmed = await trim(Date.now());
    tell(trimmed);
    if (trimmed.more) untilTrim = 0;
  }

  const timer = setInterval(() => {
    if (!leadership.leading) {
      // Another worker measures now: what this one knew would only be added to it.
      metrics.trimmed(null, []);
      untilTrim = 0;
      return;
    }
    if (busy) return;
    busy = true;
    round()
      .catch(onError)
      .finally(() => {
        busy = false;
      });
  }, settings.sweepEveryMs);

  return {
    pause: () => clearInterval(timer),
    stop: () => leadership.stop(),
  };
}
