import type { DesiredIndicator, IocFields, IocObject } from './indicator.ts';
import { anyOf, idAndValueClause, idClause } from './query.ts';

/** A request that writes: what is posted, and where, without what a server puts before its paths. */
export interface WriteRequest {
  operation: 'create' | 'edit' | 'delete';
  /** Below `/xsoar/public/v1` in XSOAR 8, at the root in XSOAR 6. */
  path: string;
  body: object;
}

/** XSOAR wants the indicator wrapped. */
export function createRequest(indicator: IocFields): WriteRequest {
  // Not made by hand and not seen just now: both would move dates that analysts read.
  const body = { indicator, manually: false, seenNow: false };
  return { operation: 'create', path: '/indicator/create', body };
}

/** The whole object, bare, with the id and the version that were read. */
export function editRequest(indicator: IocObject): WriteRequest {
  return { operation: 'edit', path: '/indicator/edit', body: indicator };
}

/** What a delete names: an id, whatever it stands for, or an id as long as it has this value. */
export type DeleteTarget = string | { id: string; value: string };

/** Deletes the indicators of these ids and nothing else. */
export function deleteRequest(targets: readonly DeleteTarget[], reason: string): WriteRequest {
  const body = {
    ids: targets.map(idOf),
    // Without a filter XSOAR answers 500 or deletes nothing (measured by others on 6 and 8).
    filter: { query: anyOf(targets.map(clauseOf)), size: Math.max(targets.length, 5) },
    // True would delete whatever the filter finds.
    all: false,
    // Else the values go to the exclusion list, and can never be created again.
    doNotWhitelist: true,
    reason,
  };
  return { operation: 'delete', path: '/indicators/batchDelete', body };
}

/** The id that a delete names. */
export function idOf(target: DeleteTarget): string {
  return typeof target === 'string' ? target : target.id;
}

/** An id that we remember may be another indicator's by now: XSOAR was restored, or is another. */
function clauseOf(target: DeleteTarget): string {
  return typeof target === 'string' ? idClause(target) : idAndValueClause(target.id, target.value);
}

/** What a create takes of a wanted indicator: an empty comment says nothing, `undefined` is no JSON. */
export function createFields(desired: DesiredIndicator): IocFields {
  const { comment, ...fields } = desired;
  return comment === undefined || comment === '' ? fields : { ...fields, comment };
}
