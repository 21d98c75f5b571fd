import { hash } from 'node:crypto';
import type { DesiredIndicator, KnownIndicator } from '@xsoar-intel/xsoar';
import type { Wanted } from '../queue/value-record.ts';
import { mergeDesired } from './merge-desired.ts';
import { valueKey } from './value-key.ts';

/** The contributions of an entity; the first wins where two are the same value. */
export function contributionsOf(indicators: readonly DesiredIndicator[]): Wanted[] {
  const byKey = new Map<string, Wanted>();
  for (const indicator of indicators) {
    const key = valueKey(indicator.indicator_type, indicator.value);
    if (byKey.has(key)) continue;
    byKey.set(key, { key, contribution: JSON.stringify(indicator) });
  }
  return [...byKey.values()];
}

/** What everybody behind a value wants together, and each of them; null when nobody is left. */
export function mergeContributions(
  contributions: readonly string[],
): { desired: DesiredIndicator; hash: string; wishes: DesiredIndicator[] } | null {
  if (contributions.length === 0) return null;
  const wishes = contributions.map(parseContribution);
  const desired = mergeDesired(wishes);
  // 60 bits: two states of one value never collide by accident.
  const digest = hash('sha256', JSON.stringify(desired), 'base64url').slice(0, 10);
  return { desired, hash: digest, wishes };
}

/** Reads a contribution that `contributionsOf` has written. */
export function parseContribution(json: string): DesiredIndicator {
  return JSON.parse(json) as DesiredIndicator;
}

/**
 * What of an XSOAR indicator is ours, or may be: it shows our tags and fields together
 * with those of others.
 * @param wishes everything that was wanted of it and may be in XSOAR
 */
export function writtenBy(
  wishes: readonly DesiredIndicator[],
): Required<Pick<KnownIndicator, 'previousTags' | 'previousFields' | 'previousComments'>> {
  const tags = new Set<string>();
  const names = new Set<string>();
  const comments = new Set<string>();
  for (const { CustomFields, comment } of wishes) {
    const { tags: ours, ...fields } = CustomFields;
    for (const tag of Array.isArray(ours) ? ours : []) {
      if (typeof tag === 'string') tags.add(tag);
    }
    for (const name of Object.keys(fields)) names.add(name);
    if (comment !== undefined && comment !== '') comments.add(comment);
  }
  return { previousTags: [...tags], previousFields: [...names], previousComments: [...comments] };
}
