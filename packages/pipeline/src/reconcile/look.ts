/** Compares indicators of OpenCTI with what XSOAR holds for their values, many at a time. */
import { entityIdOf, type OpenctiApi, type StixObject } from '@xsoar-intel/opencti';
import { type IocObject, Lookups, stixIdsOf, type XsoarClient } from '@xsoar-intel/xsoar';
import { contributionsOf, parseContribution } from '../mapping/contribution.ts';
import { kinKeys, untypedKey } from '../mapping/kin.ts';
import type { MappingResult } from '../mapping/types.ts';
import { type AuthorNames, isAuthorRef } from '../queue/author-names.ts';
import type { Redis } from '../queue/connection.ts';
import type { Keys } from '../queue/keys.ts';
import { type OwnedRecord, readOwnedRecords, type Wanted } from '../queue/value-record.ts';
import { type Compared, type CompareOptions, compareValue } from './compare.ts';

/** What comparing works with. */
export interface LookParts extends CompareOptions {
  redis: Redis;
  keys: Keys;
  names: Pick<AuthorNames, 'known'>;
  xsoar: Pick<XsoarClient, 'search'>;
  opencti: Pick<OpenctiApi, 'stixObject'>;
  /** Maps and filters as the worker does. */
  map(object: StixObject, authorName: string | undefined): MappingResult;
}

/** An indicator, and what it wants in XSOAR. */
export interface Subject {
  entityId: string;
  object: StixObject;
  wanted: Wanted[];
  /** Why it wants nothing; null where it wants something. */
  skip: string | null;
}

/** A value, compared. */
export interface ValueLook extends Compared {
  key: string;
}

/** Other indicators behind one value of which only XSOAR tells, that are asked for at most. */
const OTHERS_MAX = 20;

/** Maps indicators as the worker would at this moment. Without an internal id it is left out. */
export async function subjectsOf(
  { names, map }: Pick<LookParts, 'names' | 'map'>,
  objects: readonly StixObject[],
): Promise<Subject[]> {
  const refs = new Set(objects.map(({ created_by_ref: ref }) => ref).filter(isAuthorRef));
  const known = await names.known([...refs]);
  return objects.flatMap((object) => {
    const entityId = entityIdOf(object);
    if (entityId === null) return [];
    const ref = object.created_by_ref;
    const result = map(object, isAuthorRef(ref) ? known.get(ref) : undefined);
    const wanted = result.ok ? contributionsOf(result.indicators) : [];
    return [{ entityId, object, wanted, skip: result.ok ? null : result.reason }];
  });
}

/** Makes joined searches of at most 100 values each. */
export function createLookups(xsoar: Pick<XsoarClient, 'search'>): Lookups {
  return new Lookups(xsoar, {
    maxKeys: 100,
    windowMs: 0,
    gatherMs: 0,
    holdBackAt: 2,
    maxHoldBackMs: 1_000,
  });
}

/**
 * Looks at every value of the subjects, by entity.
 * @param thorough also ask OpenCTI for indicators behind a value that only XSOAR names: our own
 *   records may have been lost
 */
export async function lookAt(
  parts: LookParts,
  lookups: Lookups,
  subjects: readonly Subject[],
  thorough: boolean,
): Promise<Map<string, ValueLook[]>> {
  const valueKeys = [...new Set(subjects.flatMap(({ wanted }) => wanted.map(({ key }) => key)))];
  const records = await readOwnedRecords(parts.redis, parts.keys, valueKeys);
  // Owners of one value that are looked at together want it in their newest states.
  const fresh = new Map<string, Map<string, string>>();
  for (const { entityId, wanted } of subjects) {
    for (const { key, contribution } of wanted) {
      const owners = fresh.get(key) ?? new Map<string, string>();
      fresh.set(key, owners.set(entityId, contribution));
    }
  }
  const looks = new Map<string, ValueLook>();
  await Promise.all(
    [...fresh].map(async ([key, owners]) => {
      const [contribution = '{}'] = owners.values();
      const found = await lookups.byValue(parseContribution(contribution).value);
      const value = { key, record: records.get(key), owners, found };
      const compared = await compareOne(parts, value, thorough);
      looks.set(key, { key, ...compared });
    }),
  );
  return new Map(
    subjects.map(({ entityId, wanted }) => [
      entityId,
      wanted.flatMap(({ key }) => looks.get(key) ?? []),
    ]),
  );
}

/** A value that is looked for, and what is known of it. */
interface Sought {
  key: string;
  record: OwnedRecord | undefined;
  /** Entity to its contribution, as OpenCTI has it now. */
  owners: ReadonlyMap<string, string>;
  found: readonly IocObject[];
}

async function compareOne(
  parts: LookParts,
  { key, record, owners: fresh, found }: Sought,
  thorough: boolean,
): Promise<Compared> {
  const owners = new Map(record?.owners.map((one) => [one.entityId, one.contribution]));
  for (const [entityId, contribution] of fresh) owners.set(entityId, contribution);
  const kin: string[] = [];
  const compare = (): Compared =>
    compareValue({ contributions: [...owners.values(), ...kin], record, found }, parts);
  let compared = compare();
  if (!isOtherwise(compared)) return compared;
  kin.push(...(await wantedByKin(parts, key)));
  if (kin.length > 0) compared = compare();
  if (!thorough || compared.object === null || !isOtherwise(compared)) return compared;
  const known = new Set([...owners.values()].flatMap(stixIdsIn));
  const others = stixIdsOf(compared.object).filter((id) => !known.has(id));
  const size = owners.size;
  for (const id of others.slice(0, OTHERS_MAX)) {
    const object = await parts.opencti.stixObject(id);
    const [subject] = object === null ? [] : await subjectsOf(parts, [object]);
    const own = sameValueOf(key, subject);
    if (subject && own && !owners.has(subject.entityId)) {
      owners.set(subject.entityId, own.contribution);
    }
  }
  return owners.size === size ? compared : compare();
}

function isOtherwise({ verdict }: Compared): boolean {
  return verdict.kind === 'stale' || verdict.kind === 'foreign';
}

/** What is wanted of the same value under other types: in XSOAR they are one indicator. */
async function wantedByKin({ redis, keys }: LookParts, key: string): Promise<string[]> {
  const records = await readOwnedRecords(redis, keys, kinKeys(key));
  return [...records.values()].flatMap(({ owners }) =>
    owners.map(({ contribution }) => contribution),
  );
}

/** What a subject wants of the value of a key, under whatever type. */
function sameValueOf(key: string, subject: Subject | undefined): Wanted | undefined {
  const value = untypedKey(key);
  return subject?.wanted.find((one) => untypedKey(one.key) === value);
}

/** STIX ids that a contribution names. */
export function stixIdsIn(contribution: string): string[] {
  const { value, indicator_type, CustomFields } = parseContribution(contribution);
  return stixIdsOf({ id: '', version: 0, value, indicator_type, CustomFields });
}
