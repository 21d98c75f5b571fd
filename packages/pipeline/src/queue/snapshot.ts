/** What an operator asks first, read from Redis in one go; cheap at any backlog. */
import type { Report } from '../reconcile/report.ts';
import { readLastReport } from '../reconcile/run-store.ts';
import type { Redis } from './connection.ts';
import { type Cursor, parseCursor } from './cursor.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import { createHolds, type Hold } from './hold.ts';
import type { Keys } from './keys.ts';
import { readStreamStatus, type StreamStatus } from './stream-status.ts';
import { createIngestSigns, createWorkerSigns, type WorkerSign } from './worker-signs.ts';

/** The state of one connector. Times in ms. */
export interface Snapshot {
  cursor: Cursor | null;
  /** Entities whose newest state is not settled. */
  pending: number;
  /** Age of the oldest undelivered state; null when nothing is pending. */
  oldestPendingMs: number | null;
  /** Entities in dead letters. */
  dead: number;
  rejected: number;
  holds: Hold[];
  /** The workers that gave a sign of life lately. */
  workers: WorkerSign[];
  /** The ingests that did, whether they read or stand by. */
  ingests: WorkerSign[];
  /** Whether an ingest reads the stream. */
  ingestActive: boolean;
  /** What that ingest said of the stream last; null: nothing lately. */
  stream: StreamStatus | null;
  /** The last whole reconciliation, without its findings; null before the first. */
  reconciled: Report | null;
  jobs: { waiting: number; active: number; delayed: number; failed: number };
}

/** Reads the snapshot. `now`: ms since 1970. */
export async function readSnapshot(
  redis: Redis,
  keys: Keys,
  queue: DeliveryQueue,
  now: number,
): Promise<Snapshot> {
  const [
    stored,
    pending,
    oldest,
    dead,
    rejected,
    holds,
    workers,
    ingests,
    ingest,
    stream,
    reconciled,
    counts,
  ] = await Promise.all([
    redis.get(keys.cursor),
    redis.zcard(keys.pending),
    redis.zrange(keys.pending, '0', '0', 'WITHSCORES'),
    redis.zcard(keys.dead),
    redis.xlen(keys.rejected),
    createHolds(redis, keys).list(),
    createWorkerSigns(redis, keys, () => now).list(),
    createIngestSigns(redis, keys, () => now).list(),
    redis.exists(keys.leader('ingest')),
    readStreamStatus(redis, keys),
    readLastReport(redis, keys),
    queue.getJobCounts('wait', 'active', 'delayed', 'failed', 'prioritized'),
  ]);
  const since = oldest[1];
  return {
    cursor: parseCursor(stored ?? ''),
    pending,
    // A provisional state lies in the future: its second push is not due yet.
    oldestPendingMs: since === undefined ? null : Math.max(now - Number(since), 0),
    dead,
    rejected,
    holds,
    workers,
    ingests,
    ingestActive: ingest === 1,
    stream,
    reconciled,
    jobs: {
      waiting: (counts.wait ?? 0) + (counts.prioritized ?? 0),
      active: counts.active ?? 0,
      delayed: counts.delayed ?? 0,
      failed: counts.failed ?? 0,
    },
  };
}
