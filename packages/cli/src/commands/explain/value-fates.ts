import { type MappingResult, type Skip, valueKey } from '@xsoar-intel/pipeline';
import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import { type ObservedValue, observedValues } from '@xsoar-intel/stix-pattern';
import type { PatternReading } from './reading/read-pattern.ts';

/** Where a value of a pattern ends up. */
export type Fate =
  | { kind: 'indicator'; type: string; value: string }
  /** A field of an indicator that has another value: the MD5 of a file known by its SHA-256. */
  | { kind: 'field'; field: string; type: string; value: string }
  | { kind: 'left-out'; skip: Skip | null };

/** A value that a pattern names as observed, and where it ends up. */
export interface ValueFate {
  observed: ObservedValue;
  fate: Fate;
}

type GoodReading = Extract<PatternReading, { ok: true }>;

/** Follows each value of the pattern through the mapping, in the order of the text. */
export function valueFates(reading: GoodReading, result: MappingResult): ValueFate[] {
  const follow = follower(result);
  return observedValues(reading.tree)
    .flatMap(({ values }) => values)
    .map((observed) => ({ observed, fate: follow(observed) }));
}

// The mapping shortens the values that it shows, so only their beginnings can be compared.
const shownValue = 256;

function follower(result: MappingResult): (observed: ObservedValue) => Fate {
  const skips = new Map<string, Skip>();
  for (const skip of result.leftOut) {
    if (skip.offset !== undefined) skips.set(at(skip.offset, skip.value ?? ''), skip);
  }
  const cleaned = new Map<string, string>();
  for (const { offset, original, value } of result.notes) {
    if (offset !== undefined && value !== undefined) {
      cleaned.set(at(offset, original ?? ''), value);
    }
  }
  const general = result.leftOut.find(isGeneral) ?? null;
  const held = new Map(
    result.leftOut.flatMap((skip) =>
      skip.reason === 'never-push' && skip.value !== undefined ? [[skip.value, skip]] : [],
    ),
  );
  const placed = placedValues(result.ok ? result.indicators : []);

  return (observed) => {
    const written = String(observed.value);
    const key = at(observed.offset, written.slice(0, shownValue));
    const skip = skips.get(key);
    if (skip !== undefined) return { kind: 'left-out', skip };
    const value = cleaned.get(key) ?? written;
    return placed(value) ?? { kind: 'left-out', skip: held.get(value) ?? general };
  };
}

/** Reasons that strike values from the end of the pattern, and not one by one. */
function isGeneral({ reason, offset }: Skip): boolean {
  return offset === undefined && reason !== 'never-push';
}

function at(offset: number, value: string): string {
  return `${offset}:${value}`;
}

/** Finds a value among the indicators, as a value or in a field that comes from the pattern. */
function placedValues(indicators: readonly DesiredIndicator[]): (value: string) => Fate | null {
  const fates = new Map<string, Fate>();
  const shared = sharedFields(indicators);
  for (const { indicator_type: type, value } of indicators) {
    const fate: Fate = { kind: 'indicator', type, value };
    fates.set(value.slice(0, shownValue), fate);
  }
  for (const { indicator_type: type, value, CustomFields } of indicators) {
    for (const [field, content] of Object.entries(CustomFields)) {
      if (shared.has(field)) continue;
      for (const text of textsOf(content)) {
        if (!fates.has(text)) fates.set(text, { kind: 'field', field, type, value });
      }
    }
  }
  const byKey = new Map(
    indicators.map((indicator) => [valueKey(indicator.indicator_type, indicator.value), indicator]),
  );
  return (value) => fates.get(value) ?? sameValue(value, byKey);
}

/** A value that was stated twice in different case is one indicator. */
function sameValue(value: string, byKey: ReadonlyMap<string, DesiredIndicator>): Fate | null {
  for (const { indicator_type: type, value: sent } of byKey.values()) {
    if (valueKey(type, value) === valueKey(type, sent)) return { kind: 'indicator', type, value: sent };
  }
  return null;
}

/** The fields of the OpenCTI object: a value of the pattern in a description is no place for it. */
function sharedFields(_indicators: readonly DesiredIndicator[]): ReadonlySet<string> {
  return new Set();
}

function textsOf(content: unknown): string[] {
  if (typeof content === 'string' || typeof content === 'number') return [String(content)];
  if (!Array.isArray(content)) return [];
  return content.flatMap((entry: unknown) =>
    typeof entry === 'object' && entry !== null ? Object.values(entry).map(String) : [String(entry)],
  );
}
