import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import { stixIdsOf } from './merge-fields.ts';

/**
 * The contributions to one XSOAR indicator, the owner first: the highest score, then the smallest
 * STIX id. The rest of the order only has to be total and to depend on nothing but the content, so
 * that any arrival order gives the same result.
 */
export function inOwnerOrder(contributions: readonly DesiredIndicator[]): DesiredIndicator[] {
  const sortable = contributions.map((indicator) => ({
    indicator,
    stixId: stixIdsOf(indicator.CustomFields.stixid)[0] ?? '',
  }));
  sortable.sort(
    (one, other) =>
      other.indicator.score - one.indicator.score ||
      compareText(one.stixId, other.stixId) ||
      compareText(canonicalJson(one.indicator), canonicalJson(other.indicator)),
  );
  return sortable.map(({ indicator }) => indicator);
}

/** By UTF-16 code units: the same everywhere, whatever the locale. */
export function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** JSON with the keys of every object in one order. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).sort(([one], [other]) => compareText(one, other));
    return Object.fromEntries(entries);
  });
}
