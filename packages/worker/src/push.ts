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
export const DELETE_REASON = 'Deleted in OpenCTI';

/** Values of one entity that are pushed at a time; the client's pool bounds the requests. */
const AT_A_TIME = 8;

/**
 * Brings each value to what its contributors want together: created, edited,
 * left alone when it is so already, or removed when nobody wants it any more.
 * Rejects with the first failure, once nothing is under way any more; what was
 * done is done again by the retry.
 */
export async function pushValues(
  writer: ValuePusher,
  records: readonly ValueRecord[],
  options: { force: boolean; signal: AbortSignal },
): Promise<Pushed> {
  const pushed: Pushed = { values: [], actions: [], answered: false };
  // Removals first: a tenant that keeps the ids of clients has the entity's id on
  // the value that goes, and would refuse it for the one that comes.
  const goes = (record: ValueRecord): boolean => record.contributions.length === 0;
  for (const some of [
    ...chunks(records.filter(goes)),
    ...chunks(records.filter((record) => !goes(record))),
  ]) {
    const results = await Promise.allSettled(
      some.map((record) => pushValue(writer, record, options)),
    );
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason;
      const { value, action, answered } = result.value;
      pushed.values.push(value);
      if (action !== null) pushed.actions.push(action);
      pushed.answered ||= answered;
    }
  }
  return pushed;
}

function* chunks(records: readonly ValueRecord[]): Generator<readonly ValueRecord[]> {
  for (let at = 0; at < records.length; at += AT_A_TIME) yield records.slice(at, at + AT_A_TIME);
}

interface PushedValue {
  value: ValueResult;
  action: string | null;
  answered: boolean;
}

async function pushValue(
  writer: ValuePusher,
  record: ValueRecord,
  { force, signal }: { force: boolean; signal: AbortSignal },
): Promise<PushedValue> {
  const { key, xsoarId, version } = record;
  const id = xsoarId === null ? {} : { id: xsoarId };
  const merged = mergeContributions(record.contributions);
  if (merged === null) {
    const absent = { ...ABSENT, key };
    // A record without a target was never written to XSOAR by us.
    if (record.target === null) return { value: absent, action: null, answered: false };
    const { outcome } = await writer.remove({ ...record.target, ...id }, DELETE_REASON, signal);
    return { value: absent, action: outcome, answered: true };
  }
  const { hash } = merged;
  const written = writtenOf(merged.desired);
  const known = record.outcome === 'present' || record.outcome === 'excluded';
  if (known && record.hash === hash && !force) {
    const outcome = record.outcome === 'excluded' ? 'excluded' : 'present';
    const value: ValueResult = { key, xsoarId, version, hash, written, outcome };
    return { value, action: 'unchanged', answered: false };
  }
  const result = await writer.upsert(
    merged.desired,
    {
      ...id,
      previousTags: record.written.tags,
      previousFields: record.written.fields,
      ...(version === null ? {} : { version }),
    },
    signal,
  );
  return {
    action: result.outcome,
    answered: true,
    value: {
      key,
      hash,
      written,
      xsoarId: result.id,
      version: result.version,
      outcome: result.outcome === 'excluded' ? 'excluded' : 'present',
    },
  };
}
