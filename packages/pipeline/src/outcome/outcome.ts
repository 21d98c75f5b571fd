import type { DecidedHold, HoldKind } from '../queue/hold.ts';

/** Why one entity cannot be delivered as it is; closed, used as a metric label. */
export const DEAD_REASONS = [
  'rejected',
  'too-large',
  'bad-answer',
  'attempts-exhausted',
  'stalled',
  'internal',
] as const;
/** One of {@link DEAD_REASONS}. */
export type DeadReason = (typeof DEAD_REASONS)[number];

/** Why a push is tried again later; closed, used as a metric label. */
export const RETRY_REASONS = [
  'timeout',
  'network',
  'unavailable',
  'server-error',
  'conflict',
  'shutdown',
] as const;
/** One of {@link RETRY_REASONS}. */
export type RetryReason = (typeof RETRY_REASONS)[number];

/** What becomes of a delivery whose push failed. Every answer of XSOAR is one of these. */
export type FailureOutcome =
  | {
      /** Tried again after a backoff. */
      kind: 'retry';
      reason: RetryReason;
      /** It speaks of XSOAR as a whole rather than of this entity: counts for the circuit. */
      outage: boolean;
      /** What XSOAR asked for, in ms; null when it asked for nothing. */
      afterMs: number | null;
    }
  | {
      /** Nobody pushes anything for a while; no attempt is burnt. */
      kind: 'hold';
      hold: Exclude<HoldKind, DecidedHold>;
      /** What XSOAR asked for, in ms; null when it asked for nothing. */
      afterMs: number | null;
    }
  | {
      /** A dead letter at once: the same request would be refused again. */
      kind: 'dead';
      reason: DeadReason;
    };
