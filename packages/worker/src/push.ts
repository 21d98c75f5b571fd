import type { ValueRecord, ValueResult } from '@xsoar-intel/pipeline';
import type { IndicatorWriter } from '@xsoar-intel/xsoar';
import { mergeContributions, writtenOf } from './contribution.ts';

/** The part of the XSOAR writer that a push needs. */
export type ValuePusher = Pick<IndicatorWriter, 'upsert' | 'remove'>;

/** What was done to each value, and whether XSOAR was asked at all. */
export interface Pushed {
  values: ValueResult[];
  actions: string[];
  answered: boolean;
}

const ABSENT = {
  xsoarId: null,
  version: null,
  hash: '',
  written: { tags: [], fields: [] },
  outcome: 'absent',
} as const;

/** Shown on XSOAR's side of a delete. */
const DELETE_REASON = 'Deleted in OpenCTI';

/**
 * Brings each value to what its contributors want together: created, edited,
 * left alone when it is so already, or removed when nobody wants it any more.
 * The first failure ends it; what was done before is done again by the retry.
 */
export async function pushValues(
  writer: ValuePusher,
  records: readonly ValueRecord[],
  options: { force: boolean; signal: AbortSignal },
): Promise<Pushed> {
  const pushed: Pushed = { values: [], actions: [], answered: false };
  for (const record of records) {
    const merged = mergeContributions(record.contributions);
    if (merged === null) {
      // A record without a target was never written to XSOAR by us.
      if (record.target !== null) {
        const { outcome } = await writer.remove(
          { ...record.target, ...(record.xsoarId ? { id: record.xsoarId } : {}) },
          DELETE_REASON,
          options.signal,
        );
        pushed.answered = true;
        pushed.actions.push(outcome);
      }
      pushed.values.push({ ...ABSENT, key: record.key });
      continue;
    }
    const written = writtenOf(merged.desired);
    const known = record.outcome === 'present' || record.outcome === 'excluded';
    if (known && record.hash === merged.hash && !options.force) {
      pushed.actions.push('unchanged');
      pushed.values.push({
        key: record.key,
        xsoarId: record.xsoarId,
        version: record.version,
        hash: merged.hash,
        written,
        outcome: record.outcome === 'excluded' ? 'excluded' : 'present',
      });
      continue;
    }
    const { outcome, id, version } = await writer.upsert(
      merged.desired,
      {
        previousTags: record.written.tags,
        previousFields: record.written.fields,
        ...(record.xsoarId === null ? {} : { id: record.xsoarId }),
        ...(record.version === null ? {} : { version: record.version }),
      },
      options.signal,
    );
    pushed.answered = true;
    pushed.actions.push(outcome);
    pushed.values.push({
      key: record.key,
      xsoarId: id,
      version,
      hash: merged.hash,
      written,
      outcome: outcome === 'excluded' ? 'excluded' : 'present',
    });
  }
  return pushed;
}
