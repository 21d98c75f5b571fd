import { hash } from 'node:crypto';
import { mergeDesired, valueKey, type Wanted, type Written } from '@xsoar-intel/pipeline';
import type { DesiredIndicator } from '@xsoar-intel/xsoar';

/** The contributions of an entity; the first wins where two are the same value. */
export function contributionsOf(indicators: readonly DesiredIndicator[]): Wanted[] {
  const byKey = new Map<string, Wanted>();
  for (const indicator of indicators) {
    const key = valueKey(indicator.indicator_type, indicator.value);
    if (byKey.has(key)) continue;
    const target = { type: indicator.indicator_type, value: indicator.value };
    byKey.set(key, {
      key,
      contribution: JSON.stringify(indicator),
      target,
      written: writtenOf(indicator),
    });
  }
  return [...byKey.values()];
}

/** What everybody behind a value wants together, or null when nobody is left. */
export function mergeContributions(
  contributions: readonly string[],
): { desired: DesiredIndicator; hash: string } | null {
  if (contributions.length === 0) return null;
  const wishes = contributions.map((json) => JSON.parse(json) as DesiredIndicator);
  const desired = mergeDesired(wishes);
  // 96 bits: two states of one value never collide by accident.
  return { desired, hash: hash('sha256', JSON.stringify(desired), 'base64url').slice(0, 16) };
}

/** What of this indicator is ours: XSOAR shows our tags and fields together with those of others. */
export function writtenOf(desired: DesiredIndicator): Written {
  const { tags, ...fields } = desired.CustomFields;
  return {
    tags: Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [],
    fields: Object.keys(fields),
  };
}
