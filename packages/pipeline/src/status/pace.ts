/** How fast the backlog and the cursor move, from the looks of the last minutes. */

/** What one look saw. */
export interface Look {
  at: number;
  pending: number;
  /** Time of the cursor's event, ms since 1970; null before the first. */
  cursorMs: number | null;
}

/** Rates over the last looks. */
export interface Pace {
  /** How long they lie apart, ms. */
  overMs: number;
  /** Change of the entities that are pending; negative while the backlog shrinks. */
  pendingPerMinute: number;
  /** Time until nothing is pending, at this pace; null while it does not shrink. */
  emptyInMs: number | null;
  /** Stream time that is read per time that passes; about 1 on a stream that is followed. */
  streamSpeed: number | null;
  /** Time until the cursor has caught up with the clock; null when it has, or does not gain. */
  caughtUpInMs: number | null;
}

/** Looks older than this say nothing of now. */
const KEEP_MS = 120_000;
/** Looks that lie closer together say nothing of a pace. */
const APART_MS = 9_000;
/** A cursor that is closer to the clock than this follows it; idle ones stay a minute behind. */
const FOLLOWING_MS = 120_000;

/** Remembers looks; only what somebody looks at is known. */
export function createPace(): { note(look: Look): Pace | null } {
  let looks: Look[] = [];
  return {
    note(look) {
      // A clock or a cursor that was set back begins a new row.
      const last = looks.at(-1);
      if (last && (look.at < last.at || (look.cursorMs ?? 0) < (last.cursorMs ?? 0))) looks = [];
      looks = [...looks.filter(({ at }) => at >= look.at - KEEP_MS), look];
      const first = looks[0];
      return first && look.at - first.at >= APART_MS ? paceBetween(first, look) : null;
    },
  };
}

function paceBetween(first: Look, last: Look): Pace {
  const overMs = last.at - first.at;
  const perMs = (last.pending - first.pending) / overMs;
  const speed =
    first.cursorMs === null || last.cursorMs === null
      ? null
      : (last.cursorMs - first.cursorMs) / overMs;
  const behindMs = last.cursorMs === null ? 0 : last.at - last.cursorMs;
  return {
    overMs,
    pendingPerMinute: Math.round(perMs * 60_000),
    emptyInMs: perMs < 0 ? Math.round(last.pending / -perMs) : null,
    streamSpeed: speed === null ? null : Math.round(speed * 10) / 10,
    caughtUpInMs:
      speed !== null && speed > 1.1 && behindMs > FOLLOWING_MS
        ? Math.round(behindMs / (speed - 1))
        : null,
  };
}
