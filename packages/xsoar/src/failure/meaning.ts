/**
 * What a refusal means. Nobody has documented the statuses and words of these answers, and reports
 * differ: known codes and words are believed at once. Whatever is not known here has to be found
 * out by a look, see isUnclear.
 */
import type { XsoarError } from '../xsoar-error.ts';

/** The facts of an answer by which its meaning is known. */
export type Refusal = Pick<XsoarError, 'kind' | 'status' | 'errorId' | 'body'>;

/** XSOAR's store ends its words with a code: 8 for a missing item, 15 for a version that was left behind. */
const MISSING_CODE = /\(8\)\s*("|$)/;
const CONFLICT_CODE = /\(15\)\s*("|$)/;

/** Of the indicator, not of its type or of a field. */
const MISSING_WORDS =
  /\b(item|indicator)(?! (type|field))( \S+)? (was |is )?(not found|does not exist|doesn't exist)|\bno such (item|indicator)\b(?! (type|field))/i;
const EXISTING_WORDS =
  /already exist|duplicate|unique constraint|\b(item|indicator|value|entry|record|key) exists\b/i;

/**
 * The edit carried an older version than XSOAR holds. Seen as 400 with id
 * `errOptimisticLock` and the code 15; other reports say 409.
 */
export function isVersionConflict(error: Refusal): boolean {
  if (error.kind !== 'status') return false;
  if (error.status === 409) return true;
  if (error.status !== 400) return false;
  return error.errorId === 'errOptimisticLock' || CONFLICT_CODE.test(error.body ?? '');
}

/**
 * There is no such indicator: a 4xx with the code 8 or the words for it, or 404 with a
 * JSON body. A 404 without one says that the path does not exist.
 */
export function isNotFound(error: Refusal): boolean {
  if (error.kind !== 'status' || !isRefusal(error)) return false;
  const body = error.body ?? '';
  if (error.status === 404) return body.trimStart().startsWith('{');
  return MISSING_CODE.test(body) || MISSING_WORDS.test(body);
}

/**
 * A create that says that there is one already: 409, or a 4xx that says so in
 * words, or one that lost a race against another create.
 */
export function isExisting(error: Refusal): boolean {
  if (isVersionConflict(error)) return true;
  if (error.kind !== 'status' || (error.status !== 400 && error.status !== 422)) return false;
  return EXISTING_WORDS.test(error.body ?? '');
}

/**
 * XSOAR refused what was asked, in words of which we do not know whether they mean one of the
 * above. A 404 without JSON is a wrong path, and says nothing about indicators.
 */
export function isUnclear(error: Refusal): boolean {
  if (error.kind !== 'status' || !isRefusal(error) || error.status === 404) return false;
  return !isVersionConflict(error) && !isNotFound(error) && !isExisting(error);
}

/**
 * XSOAR refused what was asked, rather than who asked or how often: asking for
 * less at a time may separate what it refuses from what it takes.
 */
export function isAboutContent(error: Refusal): boolean {
  return error.kind === 'bad-answer' || (error.kind === 'status' && isRefusal(error));
}

const NOT_ABOUT_CONTENT = new Set([401, 402, 403, 405, 407, 408, 425, 429]);

function isRefusal({ status = 0 }: Refusal): boolean {
  return status >= 400 && status < 500 && !NOT_ABOUT_CONTENT.has(status);
}
