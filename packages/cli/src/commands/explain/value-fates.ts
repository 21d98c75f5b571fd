import { type MappingResult, type Skip, TYPE_FIELDS, valueKey } from '@xsoar-intel/pipeline';
import { type ObservedValue, observedValues } from '@xsoar-intel/stix-pattern';
import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import type { PatternReading } from './reading/read-pattern.ts';

/** Where a value of a pattern ends up. */
export type Fate =
  /** `again`: an earlier value of the pattern is the same one. */
  | { kind: 'indicator'; type: string; value: string; again: boolean }
  /** A field of an indicator that has another value: the MD5 of a file known by its SHA-256. */
  | { kind: 'field'; field: string; type: string; value: string }
  /** `skip` is null where the mapping stopped taking notes, because there were too many. */
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
  const named = new Set<Fate>();
  return observedValues(reading.tree)
    .flatMap(({ values }) => values)
    .map((observed) => {
      const fate = follow(observed);
      if (fate.kind === 'indicator' && named.has(fate)) {
        return { observed, fate: { ...fate, again: true } };
      }
      named.add(fate);
      return { observed, fate };
    });
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

// Only these come from the pattern: a value that also stands in a description has no place there.
const patternFields = new Set(TYPE_FIELDS.map(({ name }) => name));

/** Finds a value among the indicators, as a value or in a field that comes from the pattern. */
function placedValues(indicators: readonly DesiredIndicator[]): (value: string) => Fate | null {
  const byKey = new Map<string, Fate>();
  const fields = new Map<string, Fate>();
  const types = new Set<string>();
  for (const { indicator_type: type, value, CustomFields } of indicators) {
    types.add(type);
    byKey.set(valueKey(type, value.slice(0, shownValue)), {
      kind: 'indicator',
      type,
      value,
      again: false,
    });
    for (const [field, content] of Object.entries(CustomFields)) {
      if (!patternFields.has(field)) continue;
      for (const text of textsOf(content)) {
        if (!fields.has(text)) fields.set(text, { kind: 'field', field, type, value });
      }
    }
  }
  return (value) => {
    for (const type of types) {
      const fate = byKey.get(valueKey(type, value.slice(0, shownValue)));
      if (fate !== undefined) return fate;
    }
    return fields.get(value) ?? null;
  };
}

function textsOf(content: unknown): string[] {
  if (typeof content === 'string' || typeof content === 'number') return [String(content)];
  if (!Array.isArray(content)) return [];
  return content.flatMap((entry: unknown) =>
    typeof entry === 'object' && entry !== null
      ? Object.values(entry).map(String)
      : [String(entry)],
  );
}
