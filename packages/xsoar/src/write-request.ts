import type { DesiredIndicator, IocFields, IocObject } from './indicator.ts';
import { anyOf, idClause } from './query.ts';

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

/** Deletes the indicators of these ids and nothing else. */
export function deleteRequest(ids: readonly string[], reason: string): WriteRequest {
  const body = {
    ids,
    // Without a filter XSOAR answers 500 or deletes nothing (measured by others on 6 and 8).
    filter: { query: anyOf(ids.map(idClause)), size: Math.max(ids.length, 5) },
    // True would delete whatever the filter finds.
    all: false,
    // Else the values go to the exclusion list, and can never be created again.
    doNotWhitelist: true,
    reason,
  };
  return { operation: 'delete', path: '/indicators/batchDelete', body };
}

/** What a create takes of a wanted indicator: an empty comment says nothing, `undefined` is no JSON. */
export function createFields(desired: DesiredIndicator): IocFields {
  const { comment, ...fields } = desired;
  return comment === undefined || comment === '' ? fields : { ...fields, comment };
}
