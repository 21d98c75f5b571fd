import { DEAD_REASONS, type DeadReason } from '../outcome/outcome.ts';
import { entityOf, failureOf, type NotedFailure } from './failure.ts';

/** A failed job, as far as it matters here. */
export interface FailedJob {
  id?: string | undefined;
  data: unknown;
  failedReason: string;
  finishedOn?: number | undefined;
}

/** One dead letter as a status lists it. Free text comes from outside. */
export interface DeadLetterSummary
  extends Pick<NotedFailure, 'operation' | 'status' | 'value' | 'type'> {
  jobId: string;
  entityId: string;
  /** When it failed for good, ms since 1970; null when unknown. */
  at: number | null;
}

/** Dead letters that failed with the same words. */
export interface DeadLetterCause {
  message: string;
  count: number;
  /** The newest of them. */
  newest: DeadLetterSummary[];
}

/** Dead letters of one reason. */
export interface DeadLetterGroup {
  reason: DeadReason;
  count: number;
  /** The most frequent first; rare ones may be left out. */
  causes: DeadLetterCause[];
}

/** The dead letters of a connector. */
export interface DeadLetters {
  total: number;
  /** How many of them, the newest, were looked at and are grouped. */
  looked: number;
  groups: DeadLetterGroup[];
}

/** Dead letters that are looked at for one page: bounds its size whatever went wrong. */
export const DEAD_LETTERS_LOOKED = 100;
/** Causes that are listed for each reason, and dead letters for each cause. */
const CAUSES_LISTED = 5;
const LETTERS_LISTED = 5;

/** Groups failed jobs, the newest first, by reason and by what was said. */
export function groupDeadLetters(jobs: readonly FailedJob[], total: number): DeadLetters {
  const reasons = new Map<DeadReason, Map<string, DeadLetterCause>>();
  for (const job of jobs) {
    const failure = failureOf(job.data);
    const reason = deadReasonOf(failure);
    const message = failure?.message || job.failedReason;
    const causes = reasons.get(reason) ?? new Map<string, DeadLetterCause>();
    reasons.set(reason, causes);
    const cause = causes.get(message) ?? { message, count: 0, newest: [] };
    causes.set(message, cause);
    cause.count += 1;
    if (cause.newest.length < LETTERS_LISTED) cause.newest.push(letterOf(job, failure));
  }
  const groups = [...reasons].map(([reason, causes]): DeadLetterGroup => {
    const all = [...causes.values()].sort(byCount);
    const count = all.reduce((sum, cause) => sum + cause.count, 0);
    return { reason, count, causes: all.slice(0, CAUSES_LISTED) };
  });
  return {
    // Counted a moment before: never fewer than were seen.
    total: Math.max(total, jobs.length),
    looked: jobs.length,
    groups: groups.sort(byCount),
  };
}

const byCount = (a: { count: number }, b: { count: number }): number => b.count - a.count;

const isDeadReason = (reason: string): reason is DeadReason =>
  (DEAD_REASONS as readonly string[]).includes(reason);

/** Why a job is a dead letter; a reason to try again that ran out of attempts has a name of its own. */
export function deadReasonOf(failure: NotedFailure | null): DeadReason {
  if (failure === null) return 'stalled';
  return isDeadReason(failure.reason) ? failure.reason : 'attempts-exhausted';
}

function letterOf(job: FailedJob, failure: NotedFailure | null): DeadLetterSummary {
  return {
    jobId: job.id ?? '',
    entityId: entityOf(job.data),
    at: job.finishedOn ?? null,
    operation: failure?.operation ?? 'unknown',
    status: failure?.status ?? null,
    value: failure?.value ?? null,
    type: failure?.type ?? null,
  };
}
