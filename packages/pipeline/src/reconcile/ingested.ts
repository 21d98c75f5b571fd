/** Whether the ingest has read what OpenCTI has: what it has not read is undelivered. */
import { compareEventIds, type EventId } from '@xsoar-intel/opencti';
import type { Redis } from '../queue/connection.ts';
import { createCursorStore, parseCursor } from '../queue/cursor.ts';
import type { Keys } from '../queue/keys.ts';

/** Where the ingest and a run stand. */
export interface Places {
  /** How far the ingest has read; null: none ever did, so nothing is under way. */
  cursor: EventId | null;
  /** Newest event of the platform when the run began; null where it was not told. */
  head: EventId | null;
  /** What changed later, did so while the run went on; ms since 1970. */
  recoverMs: number;
  /** How long after its change the event of an object may come, in ms. */
  eventLagMs: number;
}

/** The longest that an event is thought to take, in ms. */
export const EVENT_LAG_MAX_MS = 10_000;

/** How far the ingest has read; null where none ever did. */
export async function readIngested(redis: Redis, keys: Keys): Promise<EventId | null> {
  return parseCursor(await createCursorStore(redis, keys).read())?.id ?? null;
}

/** Whether everything was read that was in the stream when the run began. Pure. */
export function hasReadToHead({ cursor, head, recoverMs }: Places): boolean {
  if (cursor === null) return true;
  return head === null ? cursor.ms >= recoverMs : compareEventIds(cursor, head) >= 0;
}

/**
 * Whether the event of an object's last change was read. Pure. What is known of the entity tells, be
 * it that very event; where the event was lost, the cursor does. An event comes a little after the
 * change that `updated_at` tells, so for what changes now a cursor just behind that says nothing.
 * @param updatedMs of the object, ms since 1970
 * @param known newest version of the entity that is known; null for none
 */
export function isIngested(updatedMs: number, known: EventId | null, places: Places): boolean {
  if (known !== null && known.ms >= updatedMs) return true;
  if (places.cursor === null || updatedMs + places.eventLagMs <= places.cursor.ms) return true;
  return updatedMs <= places.recoverMs && hasReadToHead(places);
}
