/**
 * Input that was set aside: events that are no events, objects that cannot be
 * kept. A bounded Redis stream, the newest last, so that somebody can look.
 */
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';

/** One piece of input that was set aside. */
export interface Rejection {
  /** The stream event's id as it came, or '' where it had none. */
  eventId: string;
  /** The SSE event name. */
  name: string;
  /** A short word from a closed set, e.g. `bad-json`. */
  reason: string;
  detail: string;
  bytes: number;
  /** The beginning of what came. */
  excerpt: string;
}

/** How many rejections are kept; each takes about 1 KB. */
export const REJECTIONS_KEPT = 1_000;

/** Writes rejections down, in order. */
export async function recordRejections(
  redis: Redis,
  keys: Keys,
  rejections: readonly Rejection[],
): Promise<void> {
  await Promise.all(
    rejections.map((rejection) =>
      redis.xadd(
        keys.rejected,
        'MAXLEN',
        '~',
        REJECTIONS_KEPT,
        '*',
        ...Object.entries(rejection).flatMap(([field, value]) => [field, String(value)]),
      ),
    ),
  );
}

/** The newest rejections, newest first. */
export async function listRejections(
  redis: Redis,
  keys: Keys,
  count: number,
): Promise<(Rejection & { at: number })[]> {
  const entries = await redis.xrevrange(keys.rejected, '+', '-', 'COUNT', count);
  return entries.map(([id, fields]) => {
    const get = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
    return {
      at: Number(id.split('-')[0]),
      eventId: get('eventId'),
      name: get('name'),
      reason: get('reason'),
      detail: get('detail'),
      bytes: Number(get('bytes')),
      excerpt: get('excerpt'),
    };
  });
}
