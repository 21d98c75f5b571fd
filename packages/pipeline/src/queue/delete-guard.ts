/**
 * The delete-storm guard: deletes beyond a number in a window wait, all others go on.
 *
 *   open ──a delete would be one too many──▶ held (the hold `delete-storm`)
 *   held ──somebody resumes──▶ open, counting anew; the deletes that waited go without being counted
 *
 * Deletes are counted where they begin, in one step with the lease (lua/begin.lua), so that no more
 * than the limit pass however many workers there are. A held delete gives its job up: its state stays
 * pending, the sweeper leaves it alone while the hold stands, and gives it a job afterwards. So it
 * burns no attempt, costs nothing while it waits, and a newer state of its entity takes its place.
 */
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';

/** When deletes are held; both null: never. */
export interface DeleteGuardSettings {
  /** Deletes in a window that are let through. */
  count: number | null;
  /** Share of the indicators that are in XSOAR, from 0 to 1. */
  share: number | null;
  windowMs: number;
}

/** A share of few indicators is next to none: so many deletes are let through in any case. */
export const SHARE_AT_LEAST = 10;

/** Deletes in a window that are let through, the stricter of both bounds; null: any number. */
export function deleteLimit(settings: DeleteGuardSettings, managed: number): number | null {
  const byShare =
    settings.share === null ? null : Math.max(Math.floor(settings.share * managed), SHARE_AT_LEAST);
  if (settings.count === null) return byShare;
  return byShare === null ? settings.count : Math.min(settings.count, byShare);
}

/** What `begin` is told of the guard. */
export interface DeleteLimit {
  limit: number;
  windowMs: number;
  /** Of the hold, if this delete is one too many. */
  reason: string;
}

/** The limit of this moment; null while there is none. */
export interface DeleteGuard {
  current(): Promise<DeleteLimit | null>;
  /** Name of the worker, for holds that it opens. */
  readonly by: string;
}

/** How long the count of managed indicators is taken for true, in ms. */
const COUNT_STANDS_MS = 1_000;

/**
 * Binds the guard to a connection; null where it is off.
 * @param now a steady clock in ms
 * @param describe how a window is told to people
 */
export function createDeleteGuard(
  redis: Redis,
  keys: Keys,
  settings: DeleteGuardSettings,
  { by, now, describe }: { by: string; now(): number; describe(ms: number): string },
): DeleteGuard | null {
  if (settings.count === null && settings.share === null) return null;
  let managed = 0;
  let countedAt: number | null = null;
  let counting: Promise<void> | null = null;

  async function count(): Promise<void> {
    // What went within the window was there at its beginning.
    const [present, gone] = await Promise.all([
      redis.hlen(keys.bindings),
      redis.zcard(keys.deletes),
    ]);
    managed = present + gone;
    countedAt = now();
  }

  /** All who ask at a time wait for one count: a number that is not there yet would hold deletes. */
  async function counted(): Promise<void> {
    if (settings.share === null) return;
    if (countedAt !== null && now() - countedAt < COUNT_STANDS_MS) return;
    counting ??= count().finally(() => {
      counting = null;
    });
    await counting;
  }

  return {
    by,
    async current() {
      await counted();
      const limit = deleteLimit(settings, managed);
      if (limit === null) return null;
      const window = describe(settings.windowMs);
      const bound =
        limit === settings.count
          ? 'DELETE_GUARD_COUNT'
          : `DELETE_GUARD_SHARE of ${managed} indicators`;
      const reason = `more than ${limit} deletes within ${window} (${bound})`;
      return { limit, windowMs: settings.windowMs, reason };
    },
  };
}
