import type { Redis } from '../queue/connection.ts';
import type { DeliveryQueue } from '../queue/delivery-queue.ts';
import type { Keys } from '../queue/keys.ts';
import { listActions } from '../queue/operator-log.ts';
import { readRates } from '../queue/rates.ts';
import { listRejections } from '../queue/rejected.ts';
import { readSnapshot } from '../queue/snapshot.ts';
import { DEAD_LETTERS_LOOKED, groupDeadLetters } from './dead-letter-groups.ts';
import { readRetrying } from './retrying.ts';
import type { Reading } from './status.ts';

/** Input set aside that is shown. */
const SET_ASIDE_LISTED = 5;
/** Actions of operators that are shown. */
const ACTIONS_LISTED = 3;

/** Reads out of Redis what a status shows, in bounded time at any backlog; writes nothing. */
export async function readStatus(
  redis: Redis,
  keys: Keys,
  queue: DeliveryQueue,
  now: number,
): Promise<Reading> {
  const [snapshot, rates, retrying, failed, setAside, actions] = await Promise.all([
    readSnapshot(redis, keys, queue, now),
    readRates(queue, now),
    readRetrying(queue),
    queue.getFailed(0, DEAD_LETTERS_LOOKED - 1),
    listRejections(redis, keys, SET_ASIDE_LISTED),
    listActions(redis, keys, ACTIONS_LISTED),
  ]);
  // A job that went between the list and the look is missing.
  const jobs = failed.filter((job) => job !== undefined && job !== null);
  return {
    at: now,
    snapshot,
    rates,
    retrying,
    deadLetters: groupDeadLetters(jobs, Math.max(snapshot.dead, snapshot.jobs.failed)),
    setAside,
    actions,
  };
}
