/** Longest wait that is taken from a Retry-After header, in ms: more is a mistake of the sender. */
export const RETRY_AFTER_MAX_MS = 60 * 60 * 1_000;

/** The three forms of an HTTP date (RFC 9110, 5.6.7); `Date.parse` alone takes `soon 1` for a date. */
const HTTP_DATE = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/** ms since 1970; NaN where it is no HTTP date. */
function parseHttpDate(text: string): number {
  if (!HTTP_DATE.some((form) => form.test(text))) return Number.NaN;
  // The oldest form names no zone; all of them are UTC.
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
}

/**
 * Reads a `Retry-After` header: a count of seconds or an HTTP date (RFC 9110,
 * 10.2.3). Returns ms from `now`, between 0 and {@link RETRY_AFTER_MAX_MS}, or
 * null when there is none or it cannot be read.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (text === '') return null;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : parseHttpDate(text) - now;
  if (Number.isNaN(ms)) return null;
  return Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS);
}
