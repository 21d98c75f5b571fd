import type { RedisStreamInfo } from '@xsoar-intel/opencti';
import { type Cursor, words } from '@xsoar-intel/pipeline';
import { type Finding, failed, ok, skipped, warning } from './finding.ts';

const WHAT = 'retention';

/** A cursor that has used up more than this share of what OpenCTI keeps is in danger. */
const NEAR = 0.5;
/** Time over which that is no danger: a stream that is followed is minutes behind at most; ms. */
const CLOSE_MS = 10 * 60_000;

/**
 * Whether OpenCTI still has the events after the cursor. It drops old ones without a word, and
 * deletes among them can never be caught up.
 */
export function retentionFinding(
  cursor: Cursor | null,
  { firstEventId: first, lastEventId: last, streamSize }: RedisStreamInfo,
): Finding {
  if (first === null || last === null) return ok(WHAT, 'the stream of OpenCTI is empty');
  const size = streamSize === null ? '' : ` (${words.counted(streamSize, 'event', 'events')})`;
  const reach = `OpenCTI keeps events since ${words.instant(first.ms)}${size}`;
  if (cursor === null) return skipped(WHAT, `${reach}; there is no cursor to compare`);
  if (cursor.id.ms === 0) return ok(WHAT, `${reach}; the cursor is at the beginning`);
  const at = words.instant(cursor.id.ms);
  if (cursor.id.ms < first.ms) {
    return failed(WHAT, `${reach}; the cursor is at ${at}`, {
      why: 'Events in between are gone: changes of that time never come, deletes cannot be caught up.',
      fix: 'Catch up with "xsoar-intel cursor set" to that time and --recover, and give the stream of OpenCTI a longer life (REDIS__TRIMMING of the platform).',
    });
  }
  const behind = Math.max(last.ms - cursor.id.ms, 0);
  if (behind > CLOSE_MS && behind > NEAR * (last.ms - first.ms)) {
    return warning(WHAT, `${reach}; the cursor is at ${at}`, {
      why: `The cursor is ${words.duration(behind)} behind, and events are dropped after ${words.duration(last.ms - first.ms)}: some may be gone before they are read.`,
      fix: 'See why the ingest is behind ("xsoar-intel status"), or give the stream of OpenCTI a longer life (REDIS__TRIMMING of the platform).',
    });
  }
  return ok(WHAT, `${reach}; the cursor is at ${at}`);
}
