/**
 * Keeps dead letters within their bounds. It costs nothing when one is added: the whole is measured
 * now and then by the worker that sweeps, a page at a time, and the oldest go.
 *
 * What goes is the undelivered state and its job. What XSOAR may hold of the entity stays known, with
 * the note that its newest state was dropped: `resync --dropped` brings it back from OpenCTI.
 */
import type { Redis } from './connection.ts';
import {
  boundShare,
  type DeadLetterBounds,
  type DeadLetterLoad,
  type DropReason,
  overBounds,
} from './dead-letter-bounds.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import { createDiscard } from './discard.ts';
import type { Keys } from './keys.ts';
import { asList, loadScript } from './script.ts';

/** What a binding says of an entity whose dead letter was dropped, by what its state would have done. */
export const DROPPED = { upsert: 'dropped', delete: 'dropped-delete' } as const;

/** What one trim found and did. */
export interface Trim {
  /** Before anything was dropped. */
  load: DeadLetterLoad;
  /** The largest share of a bound that was used. */
  share: number;
  dropped: { entityId: string; reason: DropReason }[];
  /** Some that are over the bounds are still there. */
  more: boolean;
}

interface Measured {
  entityId: string;
  at: number;
  bytes: number;
  jobId: string;
  version: string;
}

/** Entities per script call: bounds how long Redis is busy with one (about 2 ms). */
const PAGE = 500;
/** Dead letters that one trim drops at most: the rest waits for the next. */
const AT_ONCE = 20_000;
/** Jobs that are removed at the same time. */
const JOBS_AT_ONCE = 200;

/** Returns a function that trims once. `now`: ms since 1970, by Redis' clock within a second or so. */
export function createDeadLetterTrim(
  redis: Redis,
  keys: Keys,
  queue: DeliveryQueue,
  { bounds, tombstoneMs }: { bounds: DeadLetterBounds; tombstoneMs: number },
): (now: number) => Promise<Trim> {
  const sizes = loadScript(redis, 'dead-sizes');
  const discard = createDiscard(redis, keys, tombstoneMs, 'dropped');
  const jobs = queue.toKey('');

  async function measure(): Promise<{ load: DeadLetterLoad; oldest: Measured[] }> {
    const load = { count: 0, bytes: 0 };
    const oldest: Measured[] = [];
    for (let offset = 0; ; offset += PAGE) {
      const reply = asList(await sizes([keys.dead], [offset, PAGE, keys.slot(''), jobs]));
      for (let at = 0; at + 4 < reply.length; at += 5) {
        const [entityId, since, bytes, jobId, version] = reply.slice(at, at + 5).map(String);
        load.count += 1;
        load.bytes += Number(bytes);
        if (oldest.length < AT_ONCE) {
          oldest.push({
            entityId: entityId ?? '',
            at: Number(since),
            bytes: Number(bytes),
            jobId: jobId ?? '',
            version: version ?? '',
          });
        }
      }
      if (reply.length < 5 * PAGE) return { load, oldest };
    }
  }

  return async (now) => {
    const { load, oldest } = await measure();
    const share = boundShare(load, bounds);
    const reasons = overBounds(oldest, load, bounds, now);
    const dropped: Trim['dropped'] = [];
    const doomed = oldest.slice(0, reasons.length);
    for (let from = 0; from < doomed.length; from += JOBS_AT_ONCE) {
      const chunk = doomed.slice(from, from + JOBS_AT_ONCE);
      const results = await discard(chunk);
      const finished: string[] = [];
      for (const [index, result] of results.entries()) {
        const one = chunk[index];
        const reason = reasons[from + index];
        // A newer state came, or a push is under way: it is no dead letter any more, or not yet.
        if (result.kind !== 'discarded' || !one || !reason) continue;
        dropped.push({ entityId: one.entityId, reason });
        for (const jobId of [one.jobId, result.otherJob]) if (jobId) finished.push(jobId);
      }
      await Promise.all(finished.map((jobId) => queue.remove(jobId)));
    }
    return { load, share, dropped, more: reasons.length === AT_ONCE };
  };
}
