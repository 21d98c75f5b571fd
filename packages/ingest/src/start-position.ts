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
  /** `CONNECTOR_LIVE_STREAM_START_TIMESTAMP`; null: the oldest event kept. */
  startAt: StartMoment | null;
  /** `CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE`; null: no catch-up. */
  recoverUntil: StartMoment | 'now' | null;
}

/** A time in ms since 1970, or so many ms before the start that it is for. */
export type StartMoment =
  | { readonly kind: 'at'; readonly ms: number }
  | { readonly kind: 'ago'; readonly ms: number };

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
  const at = ({ kind, ms }: StartMoment): number => (kind === 'at' ? ms : Math.max(now - ms, 0));
  const { startAt, recoverUntil } = first;
  const until = recoverUntil === 'now' || recoverUntil === null ? recoverUntil : at(recoverUntil);
  return {
    from: startAt === null ? '0-0' : `${at(startAt)}-0`,
    recover: until === null ? null : new Date(until === 'now' ? now : until).toISOString(),
  };
}
