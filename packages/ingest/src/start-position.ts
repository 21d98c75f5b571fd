import { type Cursor, parseCursor, type StoredCursor } from '@xsoar-intel/pipeline';

/** Where a connection starts to read. */
export interface StartPosition {
  /** Event id to read after. */
  from: string;
  /** Until when OpenCTI catches up from its database (ISO date); null: not asked for. */
  recover: string | null;
}

/** The start of a connector that has no cursor yet, as configured. */
export interface FirstStart {
  /** `CONNECTOR_LIVE_STREAM_START_TIMESTAMP` in ms since 1970; null: the oldest event kept. */
  startAt: number | null;
  /** `CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE`: a date (ms), `now`, or null for no catch-up. */
  recoverUntil: number | 'now' | null;
}

/**
 * Decides where to read: the saved cursor wins; without one the configuration
 * says. A catch-up date is only sent while the cursor is before it, since
 * OpenCTI would start its catch-up all over otherwise.
 * @param now ms since 1970
 */
export function startPosition(stored: StoredCursor, first: FirstStart, now: number): StartPosition {
  const cursor: Cursor | null = parseCursor(stored);
  if (cursor !== null) {
    const { recoverUntil } = cursor;
    const ahead = recoverUntil !== null && Date.parse(recoverUntil) > cursor.id.ms;
    return { from: cursor.id.text, recover: ahead ? recoverUntil : null };
  }
  const until = first.recoverUntil === 'now' ? now : first.recoverUntil;
  return {
    from: first.startAt === null ? '0-0' : `${first.startAt}-0`,
    recover: until === null ? null : new Date(until).toISOString(),
  };
}
