import type { Stale } from './compare.ts';
import type { DumpedObject } from './dump.ts';
import type { Expectation } from './generate/expectations.ts';
import { canonicalValue, literalsOf } from './literals.ts';
import { stricterTlp, type Tlp } from './stix/markings.ts';

/** What is compared on an object. */
export type CheckedField = 'value' | 'type' | 'score' | 'tags' | 'tlp' | 'stixid' | 'description';

/** The entities behind one object of XSOAR. */
export interface Owners {
  /** Traced by STIX id or by a value that is known to be theirs. */
  certain: Expectation[];
  /** Their pattern contains the value; whether it states it is not known here. */
  possible: Expectation[];
  /** Types that are right; empty when they are not known. */
  types: Set<string>;
}

const allFields: readonly CheckedField[] = [
  'value',
  'type',
  'score',
  'tags',
  'tlp',
  'stixid',
  'description',
];

const bestScore = (owners: readonly Expectation[]): number =>
  owners.reduce((best, { score }) => Math.max(best, score), 0);

const tagsTogether = (owners: readonly Expectation[]): Set<string> =>
  new Set(owners.flatMap(({ tags }) => tags));

const strictest = (owners: readonly Expectation[]): Tlp | null =>
  owners.reduce<Tlp | null>((level, { tlp }) => stricterTlp(level, tlp), null);

/** Spellings of a level in XSOAR: its list of choices still has the names of TLP 1. */
function isTlp(actual: unknown, level: Tlp | null): boolean {
  const text = typeof actual === 'string' ? actual.toUpperCase().replace(/^TLP:/, '') : '';
  if (level === null) return text === '';
  if (level === 'CLEAR') return text === 'CLEAR' || text === 'WHITE';
  if (level === 'AMBER+STRICT') return text === 'AMBER+STRICT' || text === 'AMBER';
  return text === level;
}

/** Compares one object with the entities behind it; every field that is not right is a result. */
export function createOwnerCheck(
  fields: readonly CheckedField[] = allFields,
  allowTag: (tag: string) => boolean = (tag) => tag.toLowerCase().startsWith('tlp:'),
): (object: DumpedObject, owners: Owners) => Stale[] {
  return (object, { certain, possible, types }) => {
    const all = [...new Set([...certain, ...possible])];
    const found: Stale[] = [];
    const note = (field: CheckedField, expected: unknown, actual: unknown): void => {
      if (!fields.includes(field)) return;
      const entityIds = certain.map(({ entityId }) => entityId);
      found.push({ value: object.value, field, expected, actual, entityIds });
    };

    const value = canonicalValue(object.value);
    const contains = ({ basis, pattern }: Expectation): boolean =>
      basis === 'generated' ||
      literalsOf(pattern).some((literal) => canonicalValue(literal) === value);
    if (!all.some(contains))
      note(
        'value',
        certain.map(({ pattern }) => pattern),
        object.value,
      );

    const optional = certain.every((expectation) => expectation.optional);
    if (types.size > 0 && !types.has(object.type) && !optional)
      note('type', [...types], object.type);

    const score = bestScore(certain);
    if (object.score !== score && object.score !== bestScore(all))
      note('score', score, object.score);

    const must = tagsTogether(certain);
    const may = tagsTogether(all);
    const actual = new Set(object.tags);
    const lacking = [...must].some((tag) => !actual.has(tag));
    const left = [...actual].some((tag) => !may.has(tag) && !allowTag(tag));
    if (lacking || left) note('tags', [...must], object.tags);

    const tlp = object.CustomFields.trafficlightprotocol;
    if (!isTlp(tlp, strictest(certain)) && !isTlp(tlp, strictest(all)))
      note('tlp', strictest(certain), tlp ?? null);

    const ids = object.stixIds.map((id) => id.toLowerCase());
    if (ids.length > 0 && !all.some(({ stixId }) => ids.includes(stixId.toLowerCase())))
      note(
        'stixid',
        certain.map(({ stixId }) => stixId),
        object.stixIds,
      );

    // Several owners: how their texts are put together is the connector's own affair.
    const { description } = object.CustomFields;
    const [only] = all;
    if (
      only &&
      all.length === 1 &&
      typeof description === 'string' &&
      description !== (only.description ?? '')
    )
      note('description', only.description, description);
    return found;
  };
}
