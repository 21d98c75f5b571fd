import type { ValueRecord, ValueResult } from '@xsoar-intel/pipeline';
import type { DesiredIndicator, IndicatorWriter } from '@xsoar-intel/xsoar';
import { mergeContributions, writtenOf } from './contribution.ts';
import { type RemovalOptions, removalOf, removalTags } from './removal.ts';

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

/** How values are pushed. */
export interface PushOptions {
  /** Push even where nothing changed. */
  force: boolean;
  signal: AbortSignal;
  /** What becomes of a value that nobody wants any more; deleted where not set. */
  removal?: RemovalOptions;
  /** ms since 1970 */
  now(): number;
}

const DELETE: RemovalOptions = { mode: 'delete', tag: '' };

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
  options: PushOptions,
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
  { force, signal, removal = DELETE, now }: PushOptions,
): Promise<PushedValue> {
  const { key, xsoarId, version } = record;
  const id = xsoarId === null ? {} : { id: xsoarId };
  const merged = mergeContributions(record.contributions);
  if (merged === null) {
    const absent = { ...ABSENT, key };
    // A record without a target was never written to XSOAR by us.
    if (record.target === null) return { value: absent, action: null, answered: false };
    const todo = removalOf(record, removal, new Date(now()).toISOString());
    if (todo.kind === 'leave') {
      const { written } = record;
      const left = { key, xsoarId, version, hash: '', written, outcome: 'left' } as const;
      return { value: left, action: 'left', answered: false };
    }
    if (todo.kind === 'edit') {
      const { desired, action } = todo;
      const { value } = await upsert(writer, record, desired, '', removal, signal);
      return { value: { ...value, outcome: 'left' }, action, answered: true };
    }
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
  const upserted = await upsert(writer, record, merged.desired, hash, removal, signal);
  return { ...upserted, answered: true };
}

async function upsert(
  writer: ValuePusher,
  { key, xsoarId, version, written }: ValueRecord,
  desired: DesiredIndicator,
  hash: string,
  removal: RemovalOptions,
  signal: AbortSignal,
): Promise<{ value: ValueResult; action: string }> {
  const result = await writer.upsert(
    desired,
    {
      ...(xsoarId === null ? {} : { id: xsoarId }),
      previousTags: [...written.tags, ...removalTags(removal)],
      previousFields: written.fields,
      ...(version === null ? {} : { version }),
    },
    signal,
  );
  return {
    action: result.outcome,
    value: {
      key,
      hash,
      written: writtenOf(desired),
      xsoarId: result.id,
      version: result.version,
      outcome: result.outcome === 'excluded' ? 'excluded' : 'present',
    },
  };
}
