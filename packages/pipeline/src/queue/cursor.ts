/**
 * The cursor: how far the stream has been written into slots and jobs. It lives
 * in the same Redis as they do, so that whatever survives a crash of Redis is a
 * prefix of what happened (law L1), and it moves by compare-and-set only, so
 * that an ingest notices when Redis went back in time or another one took over
 * (law L9).
 */
import { type EventId, parseEventId } from '@xsoar-intel/opencti';
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';
import { asList, loadScript } from './script.ts';

/** A position in the stream. */
export interface Cursor {
  /** The last event whose slot and job are written; reading goes on after it. */
  id: EventId;
  /** Until when (ISO date) the catch-up from OpenCTI's database goes; null: none asked for. */
  recoverUntil: string | null;
}

/** What Redis holds for a cursor: opaque, compared as it is. `''` means none. */
export type StoredCursor = string;

/** Text of a cursor: `<ms>-<seq>`, followed by a space and the catch-up date if there is one. */
export function formatCursor(cursor: Cursor): StoredCursor {
  return cursor.recoverUntil ? `${cursor.id.text} ${cursor.recoverUntil}` : cursor.id.text;
}

/** Reads what `formatCursor` wrote; null for none. Throws on anything else, naming it. */
export function parseCursor(stored: StoredCursor): Cursor | null {
  if (stored === '') return null;
  const [idText = '', recoverUntil = null] = stored.split(' ');
  const id = parseEventId(idText);
  if (!id) {
    throw new Error(
      `the cursor in Redis is "${stored}", which is no event id (<ms>-<seq>); set it with "xsoar-intel cursor set"`,
    );
  }
  return { id, recoverUntil };
}

/** What a move answers; `pending` is the count of undelivered entities at that moment. */
export interface CursorMove {
  moved: boolean;
  /** What Redis holds now: the new value, or the one that forbade the move. */
  stored: StoredCursor;
  pending: number;
}

/** Access to the cursor in Redis. */
export interface CursorStore {
  read(): Promise<StoredCursor>;
  /** Moves the cursor if Redis still holds `expected`. */
  move(expected: StoredCursor, next: StoredCursor): Promise<CursorMove>;
}

/** Binds the cursor to a connection. */
export function createCursorStore(redis: Redis, keys: Keys): CursorStore {
  const script = loadScript(redis, 'move-cursor');
  return {
    read: async () => (await redis.get(keys.cursor)) ?? '',
    async move(expected, next) {
      const [code, stored, pending] = asList(
        await script([keys.cursor, keys.pending], [expected, next]),
      );
      return { moved: code === 1, stored: String(stored), pending: Number(pending) };
    },
  };
}
