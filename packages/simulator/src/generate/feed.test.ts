import { expect, test } from 'vitest';
import type { Operation } from '../opencti/operation.ts';
import { entityIdOf, type StixObject } from '../stix/object.ts';
import { indicatorStixId } from '../stix/uuid.ts';
import { expectationOf } from './expectations.ts';
import { generateFeed } from './feed.ts';
import { kinds } from './observables.ts';

const now = () => Date.UTC(2026, 7, 20);

function events(options: Parameters<typeof generateFeed>[0]) {
  return [...generateFeed({ now, ...options })].filter((one) => one.kind !== 'reference');
}

function objects(feed: readonly Operation[]): StixObject[] {
  return feed.flatMap((one) => ('object' in one && one.object ? [one.object] : []));
}

test('the same seed makes the same feed', () => {
  expect(events({ events: 300, seed: 4 })).toEqual(events({ events: 300, seed: 4 }));
  expect(events({ events: 300, seed: 4 })).not.toEqual(events({ events: 300, seed: 5 }));
});

test('a feed has as many operations as asked for, over at most so many entities', () => {
  const feed = events({ entities: 20, events: 1000, updateShare: 0.5, deleteShare: 0.2 });
  expect(feed).toHaveLength(1000);
  const ids = new Set(objects(feed).map(entityIdOf));
  expect(ids.size).toBe(20);
  const count = (kind: string) => feed.filter((one) => one.kind === kind).length;
  expect(count('delete')).toBeGreaterThan(100);
  expect(count('update')).toBeGreaterThan(300);
});

test('every observable type that OpenCTI makes patterns of occurs in the first entities', () => {
  const feed = events({
    entities: 200,
    updateShare: 0,
    deleteShare: 0,
    ruleShare: 0,
    multiValueShare: 0,
  });
  const paths = new Set(
    objects(feed).map((object) => /\[([a-z0-9-]+:[\w.]+)/.exec(String(object.pattern))?.[1]),
  );
  for (const path of ['ipv4-addr:value', 'mutex:name', 'process:pid', 'imei:value', 'file:name'])
    expect(paths).toContain(path);
  expect(kinds.length).toBeGreaterThan(40);
  const types = new Set(feed.map((one) => ('expects' in one ? one.expects?.values[0]?.type : '')));
  for (const type of [
    'IP',
    'CIDR',
    'IPv6',
    'IPv6CIDR',
    'Domain',
    'URL',
    'File',
    'ASN',
    'Registry Key',
  ])
    expect(types).toContain(type);
});

test('values are unique per entity unless sharing is asked for', () => {
  const values = (sharedValues: number) =>
    events({ entities: 5000, updateShare: 0, deleteShare: 0, sharedValues }).flatMap((one) =>
      'expects' in one ? (one.expects?.values.map(({ value }) => value.toLowerCase()) ?? []) : [],
    );
  const alone = values(0);
  expect(new Set(alone).size).toBe(alone.length);
  const shared = values(0.3);
  expect(new Set(shared).size).toBeLessThan(shared.length * 0.85);
});

test('entities that share a value have different patterns, hence different STIX ids', () => {
  const feed = events({ entities: 2000, updateShare: 0, deleteShare: 0, sharedValues: 0.5 });
  const ids = objects(feed).map((object) => object.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the STIX id follows the pattern, through every change of it', () => {
  for (const object of objects(events({ entities: 100, events: 2000, patternShare: 0.5 })))
    expect(object.id).toBe(indicatorStixId(String(object.pattern)));
});

test('a version never has the time of the one before it', () => {
  const last = new Map<string | null, string>();
  for (const object of objects(events({ entities: 10, events: 1000, updateShare: 0.8 }))) {
    const id = entityIdOf(object);
    expect(String(object.modified) > (last.get(id) ?? '')).toBe(true);
    last.set(id, String(object.modified));
  }
});

test('the pattern states exactly the values that XSOAR must get', () => {
  for (const one of events({ entities: 1000, updateShare: 0, deleteShare: 0 })) {
    if (one.kind !== 'create' || !one.expects?.mappable) continue;
    const pattern = String(one.object.pattern).replaceAll("\\'", "'").replaceAll('\\\\', '\\');
    for (const { value, type } of one.expects.values)
      expect(pattern).toContain(type === 'ASN' ? value.slice(2) : value);
  }
});

test('expectations follow the thresholds and the strictest marking', () => {
  const create = events({ entities: 1 })[0];
  if (create?.kind !== 'create') throw new Error('the first operation creates');
  const base = create.object;
  const at = (score: unknown, markings: string[]) => {
    const extensions = structuredClone(base.extensions) as Record<string, Record<string, unknown>>;
    Object.assign(Object.values(extensions)[0] ?? {}, { score });
    return expectationOf({ ...base, extensions, object_marking_refs: markings }, 'x');
  };
  expect([0, 1, 30, 31, 60, 61, 100, undefined].map((score) => at(score, []).score)).toEqual([
    0, 1, 1, 2, 2, 3, 3, 0,
  ]);
  const green = 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb';
  const strict = 'marking-definition--826578e1-40ad-459f-bc73-ede076f81f37';
  expect(at(1, [strict, green]).tlp).toBe('AMBER+STRICT');
  expect(at(1, []).tlp).toBeNull();
});
