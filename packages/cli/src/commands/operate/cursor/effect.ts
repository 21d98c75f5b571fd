import { compareEventIds, type EventId, type RedisStreamInfo } from '@xsoar-intel/opencti';
import { type Cursor, words } from '@xsoar-intel/pipeline';

/** What a change of the cursor means, for the person who is asked whether to make it. */
export interface Effect {
  lines: string[];
  /** Events will be passed over that nobody reads later. */
  skips: boolean;
}

const at = (id: EventId): string => (id.ms === 0 ? 'the beginning' : words.instant(id.ms));

/**
 * What setting the cursor does.
 * @param kept how far OpenCTI's stream reaches; null where that could not be asked
 * @param recover whether OpenCTI is asked to catch up from its database
 */
export function effectOf(
  before: Cursor | null,
  target: EventId,
  kept: RedisStreamInfo | null,
  recover: boolean,
): Effect {
  const lines: string[] = [];
  const way = before === null ? -1 : compareEventIds(target, before.id);
  if (before === null) lines.push(`There was no cursor: reading begins at ${at(target)}.`);
  else if (way === 0) lines.push('This is where the cursor stands.');
  else if (way < 0) {
    lines.push(
      `${span(before.id, target)} are read again: from ${at(target)} to ${at(before.id)}.`,
      'States that were applied, or newer ones, stay as they are: reading again costs time, not deliveries. "xsoar-intel resync" forces one.',
    );
  } else {
    lines.push(
      `${span(target, before.id)} are passed over: from ${at(before.id)} to ${at(target)}.`,
      'What changed then does not reach XSOAR until it changes again.',
    );
  }
  lines.push(...retentionLines(target, kept, recover));
  if (recover) {
    lines.push(
      'OpenCTI catches up from its database until now first: newest states, but no deletes.',
    );
  }
  return { lines, skips: way > 0 };
}

const span = (later: EventId, earlier: EventId): string =>
  earlier.ms === 0 ? 'All events before' : `Events of ${words.duration(later.ms - earlier.ms)}`;

function retentionLines(target: EventId, kept: RedisStreamInfo | null, recover: boolean): string[] {
  const first = kept?.firstEventId ?? null;
  if (first === null || target.ms >= first.ms) return [];
  const lost = target.ms === 0 ? 'Older ones' : 'Those before';
  return [
    `OpenCTI keeps events since ${at(first)}. ${lost} are not in its stream any more.`,
    ...(recover ? [] : ['With --recover it catches up from its database instead.']),
  ];
}
