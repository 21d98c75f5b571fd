import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import { listLimits } from './bounded-text.ts';
import {
  earliest,
  joinStixIds,
  latest,
  strictestTlp,
  union,
  unionOfPublications,
} from './merge-fields.ts';
import { inOwnerOrder } from './merge-order.ts';

type FieldMerge = (fields: readonly unknown[]) => unknown;

/** How the custom fields of several contributions become one; every other field is the owner's. */
const fieldMerges = new Map<string, FieldMerge>([
  ['tags', (fields) => union(fields, listLimits.tags)],
  ['reportedby', (fields) => union(fields, listLimits.tags)],
  ['killchainphases', (fields) => union(fields, listLimits.phases)],
  ['associatedfilenames', (fields) => union(fields, listLimits.tags)],
  ['port', (fields) => union(fields, listLimits.tags)],
  ['keyvalue', (fields) => union(fields, listLimits.tags)],
  ['publications', unionOfPublications],
  ['stixid', joinStixIds],
  ['trafficlightprotocol', strictestTlp],
  ['firstseenbysource', earliest],
  ['lastseenbysource', latest],
]);

/**
 * What XSOAR should hold where several OpenCTI indicators stand for one value. The owner is
 * the one with the highest score, of equals the one with the smallest STIX id. Its value, type, score, id
 * hint, description, confidence and the like are taken; a field that it lacks comes from the next.
 * Tags, authors, kill chain phases, publications, STIX ids and hashes of all are kept, the most
 * restrictive TLP, the earliest first and the latest last sight.
 *
 * It expires when the last of them does, never if one never does. A revoked one has an expiry in the
 * past, so it cannot keep the indicator alive and cannot end it for the others either.
 *
 * The order of the contributions does not matter, and merging a result again changes nothing. At
 * least one is needed (RangeError); all must be of one value.
 */
export function mergeDesired(contributions: readonly DesiredIndicator[]): DesiredIndicator {
  const ordered = inOwnerOrder(contributions);
  const [owner] = ordered;
  if (owner === undefined) throw new RangeError('there is nothing to merge');
  const merged: DesiredIndicator = { ...owner, CustomFields: mergeCustomFields(ordered) };
  merged.expiration = latestExpiry(ordered.map(({ expiration }) => expiration));
  merged.manualExpirationTime = latestExpiry(ordered.map((one) => one.manualExpirationTime));
  const timestamp = earliest(ordered.map((one) => one.timestamp));
  if (timestamp !== undefined) merged.timestamp = timestamp;
  const firstSeen = earliest(ordered.map((one) => one.firstSeen));
  if (firstSeen !== undefined) merged.firstSeen = firstSeen;
  return merged;
}

function latestExpiry(expiries: readonly (string | null | undefined)[]): string | null {
  const never = expiries.some((expiry) => expiry === null || expiry === undefined);
  return never ? null : (latest(expiries) ?? null);
}

function mergeCustomFields(ordered: readonly DesiredIndicator[]): Record<string, unknown> {
  const names = new Set<string>();
  for (const { CustomFields } of ordered) {
    for (const name of Object.keys(CustomFields)) names.add(name);
  }
  // No field has this name, and assigning to it would set the prototype.
  names.delete('__proto__');
  const merged: Record<string, unknown> = {};
  for (const name of [...names].sort()) {
    const fields = ordered.map(({ CustomFields }) => CustomFields[name]);
    const value = fieldMerges.get(name)?.(fields) ?? firstPresent(fields);
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

function firstPresent(fields: readonly unknown[]): unknown {
  return fields.find((field) => field !== undefined && field !== null) ?? fields.find(isNull);
}

function isNull(field: unknown): boolean {
  return field === null;
}
