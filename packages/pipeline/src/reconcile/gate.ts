/** Lets live events go first: whoever reconciles waits while deliveries do. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from '../queue/connection.ts';
import { createHolds } from '../queue/hold.ts';
import type { Keys } from '../queue/keys.ts';

/** Undelivered states above which nothing is compared: XSOAR's time is theirs. */
const READ_BUSY = 1_000;
/**
 * Undelivered states above which no repair is added. With batches of {@link REPAIRS_AT_A_TIME} a
 * live event finds at most the sum of both before it in the queue, however much there is to repair.
 */
const REPAIR_BUSY = 20;
/** Deliveries that are asked for at a time. */
export const REPAIRS_AT_A_TIME = 20;
/** Between two looks, in ms. */
const LOOK_MS = 100;

/** Waits for its turn. */
export interface Gate {
  toRead(signal: AbortSignal): Promise<void>;
  toRepair(signal: AbortSignal): Promise<void>;
}

/** What is waited for. */
export interface Waiting {
  deliveries: number;
  /** Why they are held, so that nothing moves before somebody acts; null where they go on. */
  heldBy: string | null;
}

/** `onWait` is told what is waited for; null when it goes on. */
export function createGate(
  redis: Redis,
  keys: Keys,
  onWait: (waiting: Waiting | null) => void,
): Gate {
  const holds = createHolds(redis, keys);

  async function pass(busy: number, signal: AbortSignal): Promise<void> {
    let told = false;
    for (;;) {
      signal.throwIfAborted();
      // What is due later (a second push after a late request) is no work of now.
      const pending = await redis.zcount(keys.pending, '-inf', Date.now());
      if (pending <= busy) break;
      const [hold] = await holds.list();
      onWait({ deliveries: pending, heldBy: hold?.reason ?? null });
      told = true;
      await sleep(LOOK_MS, undefined, { signal });
    }
    if (told) onWait(null);
  }
  return {
    toRead: (signal) => pass(READ_BUSY, signal),
    toRepair: (signal) => pass(REPAIR_BUSY, signal),
  };
}
