/** Deliveries that failed and are tried again: what goes wrong is seen here before there is a dead letter. */
import type { DeliveryQueue } from '../queue/delivery-queue.ts';
import { failureOf } from './failure.ts';

/** Delayed deliveries whose last attempt failed for the same reason. */
export interface RetryGroup {
  /** One of `RETRY_REASONS`, as far as the data is ours; text from outside otherwise. */
  reason: string;
  count: number;
  /** What the one that goes next met. Text from outside. */
  message: string;
}

/** The delayed deliveries that go next. */
export interface Retrying {
  /** How many were looked at; those that wait for something else than a retry are among them. */
  looked: number;
  /** The most frequent first. */
  groups: RetryGroup[];
}

/** Delayed deliveries that are looked at: bounds the price of a status whatever went wrong. */
const LOOKED = 50;

/** Groups jobs, in the order in which they go, by why their last attempt failed. */
export function groupRetries(jobs: readonly { data: unknown }[]): Retrying {
  const groups = new Map<string, RetryGroup>();
  for (const { data } of jobs) {
    const failure = failureOf(data);
    if (failure === null) continue;
    const { reason, message } = failure;
    const group = groups.get(reason) ?? { reason, count: 0, message };
    group.count += 1;
    groups.set(reason, group);
  }
  const sorted = [...groups.values()].sort((one, other) => other.count - one.count);
  return { looked: jobs.length, groups: sorted };
}

/** Looks at the delayed deliveries that go next. */
export async function readRetrying(queue: DeliveryQueue): Promise<Retrying> {
  const jobs = await queue.getDelayed(0, LOOKED - 1);
  // A job that went between the list and the look is missing.
  return groupRetries(jobs.filter((job) => job !== undefined && job !== null));
}
