/** What the active ingest says of the stream, for others to show. It expires when nobody says it. */
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';

/** States of the stream as operators see them. */
export const STREAM_STATES = [
  'connecting',
  'live',
  'catching-up',
  'waiting',
  'unauthorized',
  'stopped',
  'closed',
] as const;

/** One of {@link STREAM_STATES}. */
export type ShownStreamState = (typeof STREAM_STATES)[number];

/** A catch-up from OpenCTI's database that is under way. Times in ms. */
export interface CatchUpProgress {
  /** Until when (ISO date) it goes. */
  until: string;
  /** Time of the newest object that came; null before the first. */
  positionMs: number | null;
  /** Objects that came since this connection began. */
  objects: number;
  /** Objects per second, on the average of this connection. */
  perSecond: number;
  /** Time left, if it goes on like this; null while that cannot be said. */
  leftMs: number | null;
}

/** The stream as its reader sees it. Times in ms since 1970. */
export interface StreamStatus {
  state: ShownStreamState;
  since: number;
  /** One line of words for the operator. */
  reason: string;
  /** Name of the stream in OpenCTI, text from outside; null or absent while it is not known. */
  name?: string | null;
  /** Until the next attempt; null when none is planned. */
  retryInMs: number | null;
  /** The ingest that reads: `<host>:<pid>`. */
  leader: string;
  /** When this was said. */
  at: number;
  /** Why nothing is read for now (backpressure); null when it is. */
  heldBack: string | null;
  catchUp: CatchUpProgress | null;
}

/** How long a status is believed, in ms. */
export const STREAM_STATUS_TTL_MS = 30_000;

/** Says it. */
export async function writeStreamStatus(
  redis: Redis,
  keys: Keys,
  status: StreamStatus,
): Promise<void> {
  await redis.set(keys.streamStatus, JSON.stringify(status), 'PX', STREAM_STATUS_TTL_MS);
}

/** What was said last; null when that is too long ago. */
export async function readStreamStatus(redis: Redis, keys: Keys): Promise<StreamStatus | null> {
  const json = await redis.get(keys.streamStatus);
  return json === null ? null : (JSON.parse(json) as StreamStatus);
}
