/** How many dead letters there may be, and which go where there are more: the oldest. No I/O. */

/** What dead letters may take. */
export interface DeadLetterBounds {
  count: number;
  bytes: number;
  /** ms since they failed for good. */
  ageMs: number;
}

/** What all dead letters take. */
export interface DeadLetterLoad {
  count: number;
  bytes: number;
}

/** The bound that made one go. */
export const DROP_REASONS = ['count', 'bytes', 'age'] as const;
/** One of {@link DROP_REASONS}. */
export type DropReason = (typeof DROP_REASONS)[number];

/** Share of a bound from which on it is time to look. */
export const NEAR_BOUND = 0.8;

/** The largest share of a bound that is used; age is left out, since each of them gets old. */
export function boundShare(load: DeadLetterLoad, bounds: DeadLetterBounds): number {
  return Math.max(load.count / bounds.count, load.bytes / bounds.bytes);
}

/**
 * Why each of the oldest has to go, as far as they do: the answer is a reason for the first few.
 * @param oldest the oldest first; `at` in ms since 1970
 * @param load all of them, these included
 */
export function overBounds(
  oldest: readonly { at: number; bytes: number }[],
  load: DeadLetterLoad,
  bounds: DeadLetterBounds,
  now: number,
): DropReason[] {
  const reasons: DropReason[] = [];
  let { count, bytes } = load;
  for (const one of oldest) {
    const reason =
      count > bounds.count
        ? 'count'
        : bytes > bounds.bytes
          ? 'bytes'
          : one.at < now - bounds.ageMs
            ? 'age'
            : null;
    if (reason === null) return reasons;
    reasons.push(reason);
    count -= 1;
    bytes -= one.bytes;
  }
  return reasons;
}
