import type { DumpedObject } from './dump.ts';
import type { Expectation } from './generate/expectations.ts';
import { canonicalValue, literalsOf } from './literals.ts';
import { type CheckedField, createOwnerCheck, type Owners } from './owners.ts';

/** An entity of which XSOAR lacks something. */
export interface Missing {
  entityId: string;
  stixId: string;
  /** The value that is not there; null when only the pattern is known. */
  value: string | null;
  pattern: string;
}

/** An object that is there but not in its newest state. */
export interface Stale {
  value: string;
  field: CheckedField;
  expected: unknown;
  actual: unknown;
  entityIds: string[];
}

/** An object that no living entity accounts for. */
export interface Extra {
  id: string;
  value: string;
  type: string;
  stixIds: string[];
}

/** What a comparison came to. */
export interface Comparison {
  equal: boolean;
  /** Entities that were compared: neither skipped nor unmappable. */
  checked: number;
  /** Objects of XSOAR that were compared. */
  objects: number;
  skipped: number;
  unmappable: number;
  missing: Missing[];
  stale: Stale[];
  extra: Extra[];
}

export interface CompareOptions {
  /** Internal or STIX ids of entities that the connector set aside: nothing of them may be there. */
  skipped?: Iterable<string>;
  /** Objects that are none of ours, e.g. an analyst's own: left alone (default: all are ours). */
  isForeign?: (object: DumpedObject) => boolean;
  /** Tags that may be there beside the labels (default: those that start with `tlp:`). */
  allowTag?: (tag: string) => boolean;
  /** What is compared on each object (default: everything). */
  fields?: readonly CheckedField[];
}

function indexed<T>(items: Iterable<T>, keysOf: (item: T) => Iterable<string>): Map<string, T[]> {
  const index = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const list = index.get(key);
      if (!list) index.set(key, [item]);
      else if (list.at(-1) !== item) list.push(item);
    }
  }
  return index;
}

/**
 * Compares what must be in XSOAR with what is there. Independent of the connector: it
 * knows no mapping code.
 *
 * For `generated` expectations it proves equality: each expected value is there with
 * the expected type, score, tags and TLP, and nothing else is there.
 *
 * For `derived` ones (files of which only the pattern is known) it proves: each entity
 * that is not skipped has at least one object, found by its STIX id, or else by a value
 * that its pattern literally contains; each object's value occurs in the pattern of a
 * living entity; its score and tags are the newest of the entities behind it; nothing
 * is there that no living entity accounts for. It does not prove that every value of a
 * pattern with several values arrived, nor the type.
 *
 * Where several entities have one value: highest score, union of tags, strictest TLP.
 */
export function compare(
  expectations: Iterable<Expectation>,
  dump: Iterable<DumpedObject>,
  options: CompareOptions = {},
): Comparison {
  const skipped = new Set(options.skipped ?? []);
  const objects = [...dump].filter((object) => !options.isForeign?.(object));
  const byValue = indexed(objects, (object) => [canonicalValue(object.value)]);
  const byStixId = indexed(objects, (object) => object.stixIds.map((id) => id.toLowerCase()));
  const owners = new Map<DumpedObject, Owners>();
  const derived: Expectation[] = [];
  const missing: Missing[] = [];
  let checked = 0;
  let skippedCount = 0;
  let unmappable = 0;

  const claim = (object: DumpedObject, expectation: Expectation, types?: string): void => {
    const known = owners.get(object) ?? { certain: [], possible: [], types: new Set() };
    owners.set(object, known);
    if (!known.certain.includes(expectation)) known.certain.push(expectation);
    if (types !== undefined) known.types.add(types);
  };
  const lacks = (expectation: Expectation, value: string | null): void => {
    const { entityId, stixId, pattern } = expectation;
    if (!expectation.optional) missing.push({ entityId, stixId, value, pattern });
  };

  for (const expectation of expectations) {
    if (skipped.has(expectation.entityId) || skipped.has(expectation.stixId)) {
      skippedCount += 1;
      continue;
    }
    if (!expectation.mappable) {
      unmappable += 1;
      continue;
    }
    checked += 1;
    if (expectation.basis === 'derived') {
      derived.push(expectation);
      const traced = byStixId.get(expectation.stixId.toLowerCase()) ?? [];
      const named = literalsOf(expectation.pattern).flatMap(
        (literal) => byValue.get(canonicalValue(literal)) ?? [],
      );
      const found = traced.length > 0 ? traced : named;
      if (found.length === 0) lacks(expectation, null);
      for (const object of found) claim(object, expectation);
      continue;
    }
    for (const { type, value, alternatives } of expectation.values) {
      const found = [value, ...(alternatives ?? [])].flatMap(
        (one) => byValue.get(canonicalValue(one)) ?? [],
      );
      const object = found.find((one) => one.type === type) ?? found[0];
      if (object) claim(object, expectation, type);
      else lacks(expectation, value);
    }
  }

  // Beside the entities that certainly stand behind an object, others may: those whose
  // pattern contains its value. Either reading of the shared state is accepted.
  const byLiteral = indexed(derived, ({ pattern }) => literalsOf(pattern).map(canonicalValue));
  const check = createOwnerCheck(options.fields, options.allowTag);
  const stale: Stale[] = [];
  const extra: Extra[] = [];
  for (const object of objects) {
    const known = owners.get(object);
    if (!known) {
      const { id, value, type, stixIds } = object;
      extra.push({ id, value, type, stixIds });
      continue;
    }
    known.possible = byLiteral.get(canonicalValue(object.value)) ?? [];
    stale.push(...check(object, known));
  }
  return {
    equal: missing.length === 0 && stale.length === 0 && extra.length === 0,
    checked,
    objects: objects.length,
    skipped: skippedCount,
    unmappable,
    missing,
    stale,
    extra,
  };
}
