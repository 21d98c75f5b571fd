import type { CatchUpProgress } from '@xsoar-intel/pipeline';

/** Follows a catch-up from OpenCTI's database: its objects come in the order of their last change. */
export interface CatchUpWatch {
  /** Null while none is under way. */
  readonly progress: CatchUpProgress | null;
  /** A connection begins; `until` (ISO date): null when it does not catch up. */
  begin(until: string | null): void;
  /** An object came; `atMs`: time of its last change. */
  object(atMs: number): void;
}

/** Watches; `now` in ms. */
export function watchCatchUp(now: () => number): CatchUpWatch {
  let until: string | null = null;
  let beganAt = 0;
  let first: number | null = null;
  let position: number | null = null;
  let objects = 0;

  return {
    begin(date) {
      until = date;
      beganAt = now();
      first = null;
      position = null;
      objects = 0;
    },
    object(atMs) {
      first ??= atMs;
      position = atMs;
      objects += 1;
    },
    get progress() {
      if (until === null) return null;
      const seconds = (now() - beganAt) / 1_000;
      const done = position !== null && first !== null ? position - first : 0;
      const left = position === null ? 0 : Math.max(Date.parse(until) - position, 0);
      return {
        until,
        positionMs: position,
        objects,
        perSecond: seconds > 0 ? Math.round((objects / seconds) * 10) / 10 : 0,
        // Of the time that the objects span, not of their count, which nobody knows.
        leftMs: done > 0 && seconds >= 1 ? Math.round((left / done) * seconds * 1_000) : null,
      };
    },
  };
}
