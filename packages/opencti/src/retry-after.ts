/** Longest wait that a server may ask of us: one hour. */
export const maxRetryAfterMs = 3_600_000;

/**
 * Reads a `Retry-After` header (RFC 9110: whole seconds or an HTTP date).
 *
 * @param value the header, or undefined when it is absent.
 * @param now epoch milliseconds.
 * @returns milliseconds to wait, at most {@link maxRetryAfterMs}; null when there is no header or
 *   it cannot be read.
 */
export function retryAfterMs(value: string | undefined, now: number): number | null {
  const text = value?.trim().slice(0, 64);
  if (!text) return null;
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  if (Number.isNaN(wait)) return null;
  return Math.min(Math.max(wait, 0), maxRetryAfterMs);
}
