import { parseDate, parseDuration } from '@xsoar-intel/config';
import { type EventId, parseEventId } from '@xsoar-intel/opencti';
import { EXIT } from '../../../exit-code.ts';
import { CommandError } from '../../../load.ts';

/**
 * Where a cursor is to be set: an event id as it is; a date or a distance back from now as the
 * first id of that millisecond. Reading goes on after it.
 * @param now ms since 1970
 * @throws CommandError (exit 2) for anything else, and for a time that is still to come
 */
export function parseTarget(text: string, now: number): EventId {
  const id = parseEventId(text) ?? idAt(momentOf(text.trim(), now));
  if (id === null) {
    throw new CommandError(
      `"${text}" is neither an event id (1769938140000-0), nor a date (2026-01-31T12:00:00Z), nor a distance back from now (P7D, 12h).`,
      EXIT.usage,
    );
  }
  if (id.ms > now) {
    throw new CommandError(
      `${text} is still to come: nothing would be read until then.`,
      EXIT.usage,
    );
  }
  return id;
}

function momentOf(text: string, now: number): number | null {
  const date = parseDate(text);
  if (date !== null) return date;
  // A number alone would be seconds for a duration, but somebody may mean milliseconds since 1970.
  const ago = /^\d+$/.test(text) ? null : parseDuration(text.replace(/^-/, ''));
  return ago === null ? null : now - ago;
}

const idAt = (ms: number | null): EventId | null =>
  ms === null || ms < 0 ? null : parseEventId(`${ms}-0`);
