/** How long to wait between attempts. */
export interface BackoffLimits {
  /** Ceiling of the first wait in milliseconds. */
  minMs: number;
  /** Ceiling of every wait in milliseconds. */
  maxMs: number;
}

/**
 * Exponential backoff with full jitter: a random wait between nothing and a ceiling that doubles
 * with each failure. Full jitter spreads the connectors of one platform best after its restart.
 *
 * @param failures how many attempts failed in a row before this one, 0 for the first.
 * @param random a number from 0 up to, not including, 1.
 * @returns milliseconds, whole.
 */
export function backoffMs(failures: number, limits: BackoffLimits, random: number): number {
  // Beyond this exponent every sensible ceiling is reached, and larger ones overflow to infinity.
  const exponent = Math.min(failures, 30);
  return Math.floor(random * Math.min(limits.maxMs, limits.minMs * 2 ** exponent));
}
