/**
 * Whether XSOAR holds of one value what everybody behind it wants together. Pure.
 *
 * It is judged by the worker's own merge: what an upsert would leave alone is equal, and what it
 * would edit is not. So a repair always ends the difference that was reported.
 */
import {
  changedFields,
  type DesiredIndicator,
  type IocObject,
  mergeIndicator,
  pickMatch,
} from '@xsoar-intel/xsoar';
import { mergeContributions, parseContribution, writtenBy } from '../mapping/contribution.ts';
import type { OwnedRecord } from '../queue/value-record.ts';

/**
 * What a comparison found:
 * - `equal`: an upsert would change nothing;
 * - `excluded`: it is not there, since it is on XSOAR's exclusion list;
 * - `missing`: it is not there;
 * - `stale`: it is there in a state that we did not write last, or never wrote;
 * - `foreign`: we wrote exactly this last, and somebody changed our fields since;
 * - `unsettled`: the search may be behind our own last write: look again later.
 */
export type ValueVerdict =
  | { kind: 'equal' | 'excluded' | 'missing' | 'unsettled' }
  | { kind: 'stale' | 'foreign'; fields: string[] };

/** What is known of a value on both sides. */
export interface Sides {
  /** JSON of what each entity behind it wants; at least one. */
  contributions: readonly string[];
  /** Our own record of it; undefined where there is none. */
  record: OwnedRecord | undefined;
  /** What a search for the value has found, in any case and of any type. */
  found: readonly IocObject[];
}

/** How to judge. */
export interface CompareOptions {
  /** Tags that a removal may have left, beside those that were wanted. */
  removalTags: readonly string[];
  /** How long a search may be behind a write, in ms. */
  settleMs: number;
}

/** What is wanted of the value, the object that was compared, and how they differ. */
export interface Compared {
  desired: DesiredIndicator;
  object: IocObject | null;
  verdict: ValueVerdict;
}

/** Compares. @throws RangeError where nobody wants the value */
export function compareValue(
  { contributions, record, found }: Sides,
  { removalTags, settleMs }: CompareOptions,
): Compared {
  const merged = mergeContributions(contributions);
  if (merged === null) throw new RangeError('nobody wants the value');
  const { desired, hash, wishes } = merged;
  // The value is XSOAR's real key: one of another type is what an upsert would meet.
  const target = { value: desired.value, type: desired.indicator_type };
  const object = pickMatch(found, target, true);
  const judged = (verdict: ValueVerdict): Compared => ({ desired, object, verdict });
  const fresh =
    record !== undefined && record.sinceWriteMs !== null && record.sinceWriteMs < settleMs;
  if (object === null) {
    if (record?.outcome === 'excluded') return judged({ kind: 'excluded' });
    return judged({ kind: fresh ? 'unsettled' : 'missing' });
  }
  const ours = writtenBy([...(record?.former ?? []).map(parseContribution), ...wishes]);
  const tags = [...ours.previousTags, ...removalTags];
  const { previousFields, previousComments } = ours;
  const edit = mergeIndicator(object, desired, tags, previousFields, previousComments);
  if (!edit.changed) return judged({ kind: 'equal' });
  const behind = record?.xsoarId === object.id && object.version < (record.version ?? 0);
  if (fresh || behind) return judged({ kind: 'unsettled' });
  const writtenLast = record?.outcome === 'present' && record.hash === hash;
  const kind = writtenLast ? 'foreign' : 'stale';
  return judged({ kind, fields: changedFields(object, edit.merged) });
}
