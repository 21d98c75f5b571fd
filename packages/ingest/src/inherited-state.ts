import { type EventId, parseEventId, type StoredState } from '@xsoar-intel/opencti';
import { type Cursor, HEARTBEAT_MARGIN_MS, rfc3339 } from '@xsoar-intel/pipeline';

/** What a connector state in OpenCTI says about where to go on. */
export type Inherited =
  | { kind: 'cursor'; cursor: Cursor; startFrom: string }
  | { kind: 'none' }
  | { kind: 'unusable'; detail: string };

/** Text of a state that is shown to operators, at most, in characters. */
const EXCERPT = 200;

/**
 * Reads the state of a connector as the Python helper keeps it: `start_from` and
 * `recover_until`, or the keys of its older versions, `connectorLastEventId` and
 * `connectorStartTime`.
 *
 * The cursor lies a margin before `start_from`. The helper takes over the id of
 * every heartbeat and of dependencies, whose main event may still have been to
 * come, and it moves on once an event lies in the old connector's memory, which
 * is lost when that connector ends. What is read twice changes nothing.
 */
export function inheritedCursor(
  stored: StoredState,
  marginMs: number = HEARTBEAT_MARGIN_MS,
): Inherited {
  const { state, text, empty } = stored;
  if (empty) return { kind: 'none' };
  const start = state?.start_from ?? state?.connectorLastEventId;
  const id = eventIdOf(start);
  if (id === null) {
    return { kind: 'unusable', detail: (text ?? '').slice(0, EXCERPT) };
  }
  const back = parseEventId(`${Math.max(id.ms - marginMs, 0)}-0`);
  const until = state?.recover_until ?? state?.connectorStartTime;
  return {
    kind: 'cursor',
    startFrom: id.text,
    cursor: { id: id.ms === 0 || back === null ? id : back, recoverUntil: dateOf(until) },
  };
}

/** An event id; a number without a sequence is one too, as older versions wrote it. */
function eventIdOf(value: unknown): EventId | null {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  return parseEventId(/^\d{1,16}$/.test(text) ? `${text}-0` : text);
}

/** A date as the cursor keeps it, UTC where it names no zone; null for `false` and whatever is none. */
function dateOf(value: unknown): string | null {
  const text = rfc3339(value);
  return text === null ? null : new Date(text).toISOString();
}
