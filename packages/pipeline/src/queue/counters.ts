import type { Redis } from './connection.ts';
import type { DeliveryQueue } from './delivery-queue.ts';

/** Counts that only grow: two looks tell a rate. */
export interface Counters {
  /** Times that a delivery was asked for, also where one was waiting already. */
  wanted: number;
  /** Jobs that ended, delivered or with nothing left to do; null before a worker counted any. */
  finished: number | null;
}

/** Reads the counters; BullMQ keeps both. */
export async function readCounters(redis: Redis, queue: DeliveryQueue): Promise<Counters> {
  const [wanted, finished] = await Promise.all([
    redis.get(queue.toKey('id')),
    redis.hget(queue.toKey('metrics:completed'), 'count'),
  ]);
  return { wanted: Number(wanted ?? 0), finished: finished === null ? null : Number(finished) };
}
