import type { Redis } from '../queue/connection.ts';
import type { Keys } from '../queue/keys.ts';
import { standForLeader } from '../queue/leader.ts';
import { LostRunError } from './errors.ts';
import type { Fence } from './fence.ts';

/** The right to reconcile: one process at a time, since two would each be half of the load. */
export interface Office {
  /** Aborted when another process may have it. */
  lost: AbortSignal;
  /** By which the run's writes are refused once it is lost, though nobody noticed. */
  fence: Fence;
  leave(): Promise<void>;
}

/** After so long one that was killed is replaced, in ms. */
const OFFICE_MS = 10_000;

/** Takes the office, or null where it is not free in time. */
export async function takeOffice(
  redis: Redis,
  keys: Keys,
  patienceMs: number,
  signal: AbortSignal,
): Promise<Office | null> {
  const lost = new AbortController();
  const office = standForLeader(redis, keys, 'reconcile', {
    ttlMs: OFFICE_MS,
    onChange: (leading) => {
      if (!leading) lost.abort(new LostRunError('another process reconciles now'));
    },
    // Without a sign of life the office is lost, which `onChange` tells.
    onError: () => {},
  });
  const enough = AbortSignal.any([AbortSignal.timeout(patienceMs), signal]);
  const tooLong = new Promise<false>((resolve) => {
    enough.addEventListener('abort', () => resolve(false), { once: true });
  });
  const leading = office.whenLeading().then(
    () => true,
    () => false,
  );
  if (await Promise.race([leading, tooLong])) {
    const fence = { key: keys.leader('reconcile'), token: office.token };
    return { lost: lost.signal, fence, leave: () => office.stop() };
  }
  await office.stop();
  return null;
}
