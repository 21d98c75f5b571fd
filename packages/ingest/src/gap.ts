/**
 * Whether the platform's stream still has what comes after our cursor. OpenCTI
 * says nothing when it has not: it goes on with the oldest event that is left,
 * or with none at all. What it tells at the beginning of a connection, its oldest
 * and its newest event, is all there is to see it by.
 */
import { compareEventIds, type EventId, parseEventId } from '@xsoar-intel/opencti';
import type { Cursor } from '@xsoar-intel/pipeline';

/** Where a connection begins. */
export interface Begin {
  /** Read after this id. */
  id: EventId;
  /** Until when (ISO date) the platform catches up from its database; null: it does not. */
  recoverUntil: string | null;
}

/** How far the platform's stream reaches; null or 0: it is empty. */
export interface Reach {
  firstEventId: EventId | null;
  lastEventId: EventId | null;
}

/** What is known beside it. */
export interface Known {
  /** The newest live event that was ever seen; null: none yet. */
  newest: EventId | null;
  /** Everything up to here (ms) was caught up just before. */
  coveredUntilMs: number;
  /** Whether a catch-up from the database may be asked for. */
  mayRecover: boolean;
  /** ms since 1970 */
  now: number;
}

/** A hole between the cursor and the stream. */
export interface Gap {
  /**
   * - `trimmed`: the stream no longer reaches back to the cursor;
   * - `rewound`: its newest event is older than one that we have seen (a lost or
   *   restored Redis of OpenCTI): new events may get ids before the cursor;
   * - `emptied`: it is empty, though we have seen events.
   */
  kind: 'trimmed' | 'rewound' | 'emptied';
  /** Where to read instead; null: go on with what is left. */
  next: Cursor | null;
}

/**
 * Room for clocks that differ, in ms: objects carry the time of a platform node,
 * events that of its Redis.
 */
export const BORDER_MARGIN_MS = 120_000;

/** The id so many ms earlier. The beginning of the stream stays what it is. */
export function earlier(id: EventId, ms: number): EventId {
  return parseEventId(`${Math.max(id.ms - ms, 0)}-0`) ?? id;
}

/** Finds a gap between where a connection begins and what the stream has. */
export function gapOf(begin: Begin, reach: Reach, known: Known): Gap | null {
  const first = present(reach.firstEventId);
  const last = present(reach.lastEventId);
  const caughtUpTo = begin.recoverUntil === null ? 0 : Date.parse(begin.recoverUntil);

  if (known.newest !== null && last === null) {
    const until = new Date(known.now).toISOString();
    const next = { id: earlier(begin.id, BORDER_MARGIN_MS), recoverUntil: until };
    return { kind: 'emptied', next: known.mayRecover && caughtUpTo === 0 ? next : null };
  }
  if (known.newest !== null && last !== null && compareEventIds(last, known.newest) < 0) {
    const id = compareEventIds(begin.id, last) < 0 ? begin.id : last;
    const next = { id: earlier(id, BORDER_MARGIN_MS), recoverUntil: begin.recoverUntil };
    return { kind: 'rewound', next };
  }
  // 0-0 asks for whatever is there.
  if (first === null || begin.id.ms === 0 || compareEventIds(begin.id, first) >= 0) return null;
  if (Math.max(caughtUpTo, known.coveredUntilMs) >= first.ms) return null;
  const until = new Date(Math.max(last?.ms ?? 0, first.ms)).toISOString();
  const next = { id: earlier(begin.id, BORDER_MARGIN_MS), recoverUntil: until };
  return { kind: 'trimmed', next: known.mayRecover ? next : null };
}

/**
 * Until when (ISO date) a catch-up can go: OpenCTI reads its live part from that date on, so where
 * the date lies ahead of OpenCTI's clock, events of the time between would come in neither part.
 * @param platformMs OpenCTI's clock, in whole seconds; null: it is not known.
 */
export function reachable(recoverUntil: string, platformMs: number | null): string {
  // The end of that second: the stream has nothing newer.
  const presentMs = (platformMs ?? Number.POSITIVE_INFINITY) + 999;
  return Date.parse(recoverUntil) <= presentMs ? recoverUntil : new Date(presentMs).toISOString();
}

/**
 * Where to read on after a catch-up: a little before its date, without one. An
 * object whose time and whose event lie on different sides of that date would be
 * in neither half otherwise. Nor later than what the stream had when the catch-up
 * began, whatever the clocks say: all that came since is read. What comes twice is
 * no newer than its slot or binding, or maps to what XSOAR holds already.
 * @param newest newest event of the stream at that time; null: it was empty.
 */
export function borderOf(begin: Begin, newest: EventId | null): Cursor {
  const last = present(newest);
  const until = Math.min(Date.parse(begin.recoverUntil ?? ''), last?.ms ?? 0);
  const id = parseEventId(`${until}-0`);
  if (id === null) return { id: begin.id, recoverUntil: null };
  const border = earlier(id, BORDER_MARGIN_MS);
  // Never before the place that the connection was told to begin at.
  return {
    id: compareEventIds(border, begin.id) < 0 ? begin.id : border,
    recoverUntil: null,
  };
}

const present = (id: EventId | null): EventId | null => (id !== null && id.ms > 0 ? id : null);
