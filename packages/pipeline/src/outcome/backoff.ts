/** Bounds of a backoff, in ms. */
export interface BackoffBounds {
  minMs: number;
  maxMs: number;
}

/**
 * Exponential backoff with full jitter: a random time up to a ceiling that
 * doubles with each failure. Many clients that failed together come back
 * spread out. Never below `minMs` / 2, so that a retry is never immediate.
 * @param failures how often it failed so far; 1 after the first failure
 * @param random a number from [0, 1)
 */
export function backoffMs(failures: number, bounds: BackoffBounds, random: number): number {
  const ceiling = Math.min(
    bounds.minMs * 2 ** Math.min(Math.max(failures - 1, 0), 30),
    bounds.maxMs,
  );
  const floor = Math.min(bounds.minMs / 2, bounds.maxMs);
  return Math.round(floor + (ceiling - floor) * random);
}

/** Backoff without jitter, for probes of which there is one at a time. */
export function steadyBackoffMs(failures: number, bounds: BackoffBounds): number {
  return Math.min(bounds.minMs * 2 ** Math.min(Math.max(failures - 1, 0), 30), bounds.maxMs);
}
