/**
 * Trimming can overtake a reader that is slow or held back, on a connection that stays open:
 * OpenCTI then goes on with the oldest event left and says nothing, and the next event that comes
 * moves the cursor past the hole. So the place at one look at the stream is kept until the next: if
 * the oldest event has passed it by then, the hole may lie behind it, and reading again from there
 * shows it (gap.ts).
 */
import { compareEventIds, type EventId } from '@xsoar-intel/opencti';
import type { Cursor } from '@xsoar-intel/pipeline';

/** Compares one look at the stream with the one before. */
export interface OvertakingWatch {
  /**
   * @param place up to where all is written; null: nowhere yet.
   * @param oldest oldest event that the platform still has.
   * @returns the place of the look before, if trimming has passed it since.
   */
  look(place: Cursor | null, oldest: EventId): EventId | null;
  /** Reading goes on elsewhere: the place says nothing any more. */
  forget(): void;
}

/** Begins to watch. */
export function watchOvertaking(): OvertakingWatch {
  let before: EventId | null = null;
  return {
    look(place, oldest) {
      const was = before;
      // A catch-up reads far behind the stream, and 0-0 asks for whatever is there.
      const live = place !== null && place.recoverUntil === null && place.id.ms > 0;
      before = live && compareEventIds(place.id, oldest) >= 0 ? place.id : null;
      if (!live || was === null || compareEventIds(was, oldest) >= 0) return null;
      before = null;
      return was;
    },
    forget() {
      before = null;
    },
  };
}
