/**
 * Which position of the stream is safe to store (law L1).
 *
 * An id on the wire does not always mean that its event was received: a
 * dependency carries the id of the main event that follows it, and so may a
 * heartbeat in the middle of a batch. And an idle heartbeat's id is made from
 * the platform's clock, not from that of the Redis which numbers events, so an
 * event with a smaller id may still come. The rules:
 *
 *   main event E        → E is safe, once it is handled
 *   dependency of E,
 *   unreadable event E  → E becomes safe when E's main event is handled, or when
 *                         any greater id is seen (the server is past E then)
 *   heartbeat H         → H minus a margin is safe, unless E is still awaited
 *                         and H is not past it
 *
 * Ids may go backwards (catch-up to live, a batch sent again): a main event is
 * followed wherever it is, which at worst repeats work.
 */
import {
  compareEventIds,
  type EventId,
  parseEventId,
  type StreamMessage,
} from '@xsoar-intel/opencti';

/** Follows the messages of a connection and knows the safe position. */
export interface PositionTracker {
  /** The newest position that is safe once every message so far is handled; null before any. */
  readonly safe: EventId | null;
  note(message: StreamMessage): void;
}

/** How far behind a heartbeat the stored position stays, in ms: more than clocks differ. */
export const HEARTBEAT_MARGIN_MS = 60_000;

/** Starts tracking; `start` is the stored position, if there is one. */
export function trackPosition(
  start: EventId | null,
  marginMs: number = HEARTBEAT_MARGIN_MS,
): PositionTracker {
  let safe = start;
  let awaited: EventId | null = null;

  const advance = (id: EventId): void => {
    if (safe === null || compareEventIds(id, safe) > 0) safe = id;
  };

  /** A greater id than the awaited one means that the server is past it. */
  const passAwaited = (id: EventId): void => {
    if (awaited !== null && compareEventIds(id, awaited) > 0) {
      advance(awaited);
      awaited = null;
    }
  };

  return {
    get safe() {
      return safe;
    },
    note(message) {
      if (message.kind === 'heartbeat') {
        passAwaited(message.id);
        if (awaited !== null) return;
        const behind = parseEventId(`${Math.max(message.id.ms - marginMs, 0)}-0`);
        if (behind) advance(behind);
      } else if (message.kind === 'entity') {
        passAwaited(message.id);
        if (message.dependency) {
          awaited = message.id;
        } else {
          safe = message.id;
          awaited = null;
        }
      } else if (message.kind === 'rejected' && message.id !== null) {
        passAwaited(message.id);
        awaited = message.id;
      }
    },
  };
}
