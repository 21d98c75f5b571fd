/**
 * The BullMQ queue of deliveries. A job is a pointer: it names an entity whose
 * slot holds the state, and carries nothing that could grow stale.
 */
import { type JobsOptions, Queue, type WorkerOptions } from 'bullmq';
import type { Redis } from './connection.ts';
import { DELIVERY_QUEUE, type Keys } from './keys.ts';

/** What a delivery job carries. */
export interface DeliveryData {
  entityId: string;
  /** Written when an attempt fails, so that the board shows at a glance what is wrong. */
  lastError?: DeliveryFailure;
}

/** Why an attempt failed, as the board and the CLI show it. Never contains a secret. */
export interface DeliveryFailure {
  operation: string;
  version: string;
  /** Outcome reason, from a closed set. */
  reason: string;
  message: string;
  status: number | null;
  /** XSOAR's answer, bounded. */
  body: string | null;
  /** The mapped request, bounded. */
  request: string | null;
  firstFailureAt: string;
  lastFailureAt: string;
  attempts: number;
  worker: string;
  /** The trace that the attempt belongs to, where it is recorded. */
  traceId?: string;
}

/** The queue with our types. */
export type DeliveryQueue = Queue<DeliveryData, unknown, string>;

/**
 * Opens the queue.
 * @param options.attempts failures of one entity before it becomes a dead letter
 * @param options.onError told of connection errors; BullMQ prints them where nobody listens
 */
export function openDeliveryQueue(
  redis: Redis,
  keys: Keys,
  options: { attempts: number; onError(error: Error): void },
): DeliveryQueue {
  const queue: DeliveryQueue = new Queue(DELIVERY_QUEUE, {
    connection: redis,
    prefix: keys.prefix,
    // BullMQ's own event stream is for people who watch the queue live; ours do not.
    streams: { events: { maxLen: 1_000 } },
    defaultJobOptions: jobOptions(options.attempts),
  });
  queue.on('error', options.onError);
  return queue;
}

/**
 * Options of a delivery job. BullMQ copies them into each job when it is added, a few
 * hundred bytes in a backlog of millions: what can be the worker's is there (`keptJobs`).
 */
export function jobOptions(attempts: number): JobsOptions {
  return {
    attempts,
    // The delay is computed by the worker (backoffStrategy): capped, with full jitter.
    backoff: { type: 'custom' },
    stackTraceLimit: 1,
  };
}

/**
 * How long ended jobs are kept: a worker's option. The last hundred that were delivered,
 * for the board; a failed one is a dead letter, and goes when its entity is delivered.
 */
export const keptJobs = {
  removeOnComplete: { count: 100 },
} as const satisfies Pick<WorkerOptions, 'removeOnComplete' | 'removeOnFail'>;

/**
 * Adds a delivery job for each entity that has none waiting. While one is
 * active the new one is kept and follows it (`keepLastIfActive`), so that no
 * wake-up is lost between its last look at the slot and its end (law L8).
 */
export async function addDeliveries(
  queue: DeliveryQueue,
  entityIds: Iterable<string>,
): Promise<void> {
  const jobs = [...entityIds].map((entityId) => ({
    name: 'deliver',
    data: { entityId },
    opts: { deduplication: { id: entityId, keepLastIfActive: true } },
  }));
  if (jobs.length > 0) await queue.addBulk(jobs);
}
