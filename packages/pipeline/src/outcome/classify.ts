import { parseRetryAfter } from '@xsoar-intel/opencti';
import { isVersionConflict, type XsoarError } from '@xsoar-intel/xsoar';
import type { FailureOutcome } from './outcome.ts';

/** The facts of a failed request that decide; a subset of {@link XsoarError}. */
export type FailedRequest = Pick<XsoarError, 'kind' | 'status' | 'retryAfter' | 'errorId' | 'body'>;

const hold = (
  kind: 'credentials' | 'rate-limit' | 'configuration',
  afterMs: number | null,
): FailureOutcome => ({ kind: 'hold', hold: kind, afterMs });

const outage = (
  reason: 'timeout' | 'network' | 'unavailable',
  afterMs: number | null,
): FailureOutcome => ({ kind: 'retry', reason, outage: true, afterMs });

/**
 * The outcome table: what becomes of a delivery for each way in which XSOAR can
 * fail to do as it was asked. (What it does as asked, and what the writer
 * turns into another request, never comes here: an existing value on create, an
 * unknown id on edit, a value that is gone on delete.)
 * @param now ms since 1970, for a Retry-After that is a date
 */
export function classifyFailure(failure: FailedRequest, now: number): FailureOutcome {
  const afterMs = parseRetryAfter(failure.retryAfter, now);
  switch (failure.kind) {
    case 'timeout':
      return outage('timeout', null);
    case 'network':
      return outage('network', null);
    case 'aborted':
      return { kind: 'retry', reason: 'shutdown', outage: false, afterMs: null };
    // Both mean that the URL leads to something that is not the API.
    case 'redirect':
    case 'not-json':
      return hold('configuration', null);
    case 'bad-answer':
      return { kind: 'dead', reason: 'bad-answer' };
    case 'status':
      return classifyStatus(failure, afterMs);
  }
}

function classifyStatus(failure: FailedRequest, afterMs: number | null): FailureOutcome {
  const status = failure.status ?? 0;
  switch (status) {
    case 401:
    case 402:
    case 403:
      return hold('credentials', afterMs);
    case 429:
      return hold('rate-limit', afterMs);
    case 404:
    case 405:
      // For a missing item XSOAR answers with its error envelope, which the
      // writer knows; anything else under these numbers is a wrong path.
      return failure.errorId ? { kind: 'dead', reason: 'rejected' } : hold('configuration', null);
    case 408:
    case 425:
      return outage('timeout', afterMs);
    case 409:
      return { kind: 'retry', reason: 'conflict', outage: false, afterMs };
    case 413:
      return { kind: 'dead', reason: 'too-large' };
    case 502:
    case 503:
    case 504:
      return outage('unavailable', afterMs);
    default:
      break;
  }
  if (status >= 300 && status < 400) return hold('configuration', null);
  if (isVersionConflict(failure)) {
    return { kind: 'retry', reason: 'conflict', outage: false, afterMs };
  }
  if (status >= 400 && status < 500) return { kind: 'dead', reason: 'rejected' };
  // A 500 may be about this one entity: it burns an attempt, and many in a row open the circuit.
  return { kind: 'retry', reason: 'server-error', outage: true, afterMs };
}
