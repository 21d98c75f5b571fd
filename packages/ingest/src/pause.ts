import { setTimeout as sleep } from 'node:timers/promises';

/** Waits so many ms, or until the signal ends it. Never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // Ended by the signal: whoever waits looks at it.
  }
}
