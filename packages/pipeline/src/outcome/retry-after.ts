/** Longest wait that is taken from a Retry-After header, in ms: more is a mistake of the sender. */
export const RETRY_AFTER_MAX_MS = 60 * 60 * 1_000;

/**
 * Reads a `Retry-After` header: a count of seconds or an HTTP date (RFC 9110,
 * 10.2.3). Returns ms from `now`, between 0 and {@link RETRY_AFTER_MAX_MS}, or
 * null when there is none or it cannot be read.
 */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (text === '') return null;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  if (Number.isNaN(ms)) return null;
  return Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS);
}
