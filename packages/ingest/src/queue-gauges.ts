/**
 * Gauges of what lies in Redis. Only the active ingest serves them: the numbers are the same for
 * everybody, and a sum over processes must count them once. One that stands by serves none.
 */
import { HOLD_KINDS, type Snapshot } from '@xsoar-intel/pipeline';
import { type Gauge, METRIC_PREFIX, type Metrics } from '@xsoar-intel/runtime';
import type { RedisFacts } from './redis-facts.ts';

/** The gauges of Redis' content. */
export interface QueueGauges {
  show(snapshot: Snapshot, redis: RedisFacts): void;
  /** What was shown is not known any more. */
  clear(): void;
}

const JOB_STATES = ['waiting', 'active', 'delayed', 'failed'] as const;

/** Declares the gauges; they are served from the first `show` on. */
export function createQueueGauges(metrics: Metrics): QueueGauges {
  const gauges: Gauge[] = [];
  const plain = (name: string, help: string): Gauge => {
    const gauge = metrics.gauge({ name: `${METRIC_PREFIX}${name}`, help });
    gauges.push(gauge);
    return gauge;
  };
  const labelled = <L extends string>(
    name: string,
    help: string,
    label: L,
    values: readonly string[],
  ): Gauge<L> => {
    const labelValues = { [label]: values } as { [K in L]: readonly string[] };
    const gauge = metrics.gauge<L>({
      name: `${METRIC_PREFIX}${name}`,
      help,
      labelNames: [label],
      labelValues,
    });
    gauges.push(gauge);
    return gauge;
  };

  const pending = plain('pending_entities', 'Entities whose newest state is not settled.');
  const oldest = plain(
    'oldest_pending_seconds',
    'Age of the oldest state that is not settled; 0 when nothing is pending.',
  );
  const dead = plain('dead_letter_entities', 'Entities in dead letters.');
  const workers = plain(
    'workers_alive',
    'Workers that gave a sign of life within the last 20 seconds.',
  );
  const memory = plain(
    'redis_memory_used_ratio',
    'Share of maxmemory that Redis uses; not served when Redis has no maxmemory.',
  );
  const appendOnly = plain(
    'redis_append_only',
    '1 while Redis writes an append-only file; not served when Redis does not say.',
  );
  const keepsKeys = plain('redis_noeviction', "1 while Redis' maxmemory-policy is noeviction.");
  const jobs = labelled('queue_jobs', "BullMQ's jobs by state.", 'state', JOB_STATES);
  const held = labelled(
    'holds',
    '1 while deliveries are held for this reason, probes included.',
    'reason',
    HOLD_KINDS,
  );
  const heldSince = labelled(
    'hold_since_timestamp_seconds',
    'Since when deliveries are held for this reason; not served while they are not.',
    'reason',
    HOLD_KINDS,
  );

  const clear = (): void => {
    for (const gauge of gauges) gauge.clear();
  };
  clear();

  return {
    show(snapshot, redis) {
      pending.set(snapshot.pending);
      oldest.set((snapshot.oldestPendingMs ?? 0) / 1_000);
      dead.set(snapshot.dead);
      workers.set(snapshot.workers.length);
      setOrClear(memory, redis.memoryRatio);
      setOrClear(appendOnly, redis.appendOnly === null ? null : Number(redis.appendOnly));
      keepsKeys.set(Number(redis.keepsKeys));
      for (const state of JOB_STATES) jobs.set({ state }, snapshot.jobs[state]);
      heldSince.clear();
      for (const reason of HOLD_KINDS) {
        const hold = snapshot.holds.find(({ kind }) => kind === reason);
        held.set({ reason }, hold ? 1 : 0);
        if (hold) heldSince.set({ reason }, hold.since / 1_000);
      }
    },
    clear,
  };
}

function setOrClear(gauge: Gauge, value: number | null): void {
  if (value === null) gauge.clear();
  else gauge.set(value);
}
