import type { XsoarError } from '../xsoar-error.ts';

/**
 * The edit carried an older version than XSOAR holds. Seen as 400 with id
 * `errOptimisticLock`; other reports say 409.
 */
export function isVersionConflict(error: XsoarError): boolean {
  if (error.kind !== 'status') return false;
  return error.status === 409 || (error.status === 400 && error.errorId === 'errOptimisticLock');
}

/**
 * There is no such indicator: 400 "Item not found (8)", or 404 with a JSON body.
 * A 404 without one says that the path does not exist.
 */
export function isNotFound(error: XsoarError): boolean {
  if (error.kind !== 'status' || !isRefusal(error)) return false;
  const body = error.body ?? '';
  if (error.status === 404) return body.trimStart().startsWith('{');
  return body.toLowerCase().includes('item not found');
}

/**
 * A create that says that there is one already: 409, or a 4xx that says so in
 * words, or one that lost a race against another create.
 */
export function isExisting(error: XsoarError): boolean {
  if (isVersionConflict(error)) return true;
  if (error.kind !== 'status' || (error.status !== 400 && error.status !== 422)) return false;
  const body = (error.body ?? '').toLowerCase();
  return body.includes('already exist') || body.includes('duplicate');
}

/**
 * XSOAR refused what was asked, rather than who asked or how often: asking for
 * less at a time may separate what it refuses from what it takes.
 */
export function isAboutContent(error: XsoarError): boolean {
  return error.kind === 'bad-answer' || (error.kind === 'status' && isRefusal(error));
}

const NOT_ABOUT_CONTENT = new Set([401, 402, 403, 405, 407, 408, 425, 429]);

function isRefusal({ status = 0 }: XsoarError): boolean {
  return status >= 400 && status < 500 && !NOT_ABOUT_CONTENT.has(status);
}
