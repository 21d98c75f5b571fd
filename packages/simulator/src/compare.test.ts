import { expect, test } from 'vitest';
import { compare } from './compare.ts';
import type { DumpedObject } from './dump.ts';
import { type Expectation, expectationOf, expectationsOf } from './generate/expectations.ts';
import { generateFeed } from './generate/feed.ts';
import { createRandom } from './generate/random.ts';
import { canonicalValue, literalsOf } from './literals.ts';
import { createPlatform } from './opencti/platform.ts';
import { indicator } from './testing/objects.ts';

const generated = (n: number, changes: Partial<Expectation> = {}): Expectation => ({
  entityId: `e-${n}`,
  stixId: `indicator--${n}`,
  basis: 'generated',
  values: [{ type: 'Domain', value: `${n}.example` }],
  pattern: `[domain-name:value = '${n}.example']`,
  patternType: 'stix',
  score: 2,
  tlp: 'AMBER',
  tags: ['c2'],
  description: 'first',
  revoked: false,
  updatedAt: '',
  mappable: true,
  ...changes,
});

const derived = (n: number, changes: Partial<Expectation> = {}): Expectation =>
  generated(n, { basis: 'derived', values: [], ...changes });

const held = (
  n: number,
  changes: Partial<DumpedObject> = {},
  custom: Record<string, unknown> = {},
): DumpedObject => ({
  id: String(n),
  version: 1,
  value: `${n}.example`,
  type: 'Domain',
  score: 2,
  tags: ['c2'],
  stixIds: [`indicator--${n}`],
  CustomFields: { trafficlightprotocol: 'AMBER', ...custom },
  ...changes,
});

const fields = (expectations: Expectation[], dump: DumpedObject[]) =>
  compare(expectations, dump).stale.map(({ field }) => field);

test('what is there as expected is equal', () => {
  const result = compare([generated(1), generated(2)], [held(1), held(2)]);
  expect(result).toMatchObject({
    equal: true,
    checked: 2,
    objects: 2,
    missing: [],
    stale: [],
    extra: [],
  });
});

test('a value that is not there is missing, one of nobody is extra', () => {
  const result = compare([generated(1), generated(2)], [held(1), held(3)]);
  expect(result.equal).toBe(false);
  expect(result.missing).toMatchObject([{ entityId: 'e-2', value: '2.example' }]);
  expect(result.extra).toMatchObject([{ value: '3.example', stixIds: ['indicator--3'] }]);
});

test('each field that is not the newest is told', () => {
  expect(fields([generated(1)], [held(1, { score: 3 })])).toEqual(['score']);
  expect(fields([generated(1)], [held(1, { type: 'URL' })])).toEqual(['type']);
  expect(fields([generated(1)], [held(1, { tags: [] })])).toEqual(['tags']);
  expect(fields([generated(1)], [held(1, { tags: ['c2', 'old'] })])).toEqual(['tags']);
  expect(fields([generated(1)], [held(1, {}, { trafficlightprotocol: 'RED' })])).toEqual(['tlp']);
  expect(fields([generated(1)], [held(1, {}, { description: 'second' })])).toEqual(['description']);
  expect(fields([generated(1)], [held(1, {}, { description: 'first' })])).toEqual([]);
  expect(fields([generated(1)], [held(1, { stixIds: ['indicator--old'] })])).toEqual(['stixid']);
  expect(fields([generated(1, { tlp: null })], [held(1)])).toEqual(['tlp']);
});

test('spellings of TLP and tags that begin with tlp: are accepted, other tags by option', () => {
  const tlp = (level: Expectation['tlp'], actual: string) =>
    fields([generated(1, { tlp: level })], [held(1, {}, { trafficlightprotocol: actual })]);
  expect(tlp('CLEAR', 'WHITE')).toEqual([]);
  expect(tlp('CLEAR', 'clear')).toEqual([]);
  expect(tlp('AMBER+STRICT', 'AMBER')).toEqual([]);
  expect(tlp('AMBER', 'AMBER+STRICT')).toEqual(['tlp']);
  expect(fields([generated(1)], [held(1, { tags: ['c2', 'tlp:amber+strict'] })])).toEqual([]);
  const mine = compare([generated(1)], [held(1, { tags: ['c2', 'mine'] })], {
    allowTag: (tag) => tag === 'mine',
  });
  expect(mine.equal).toBe(true);
});

test('entities that share a value count together: highest score, all tags, strictest TLP', () => {
  const values = [{ type: 'Domain', value: '1.example' }];
  const two = [generated(1), generated(2, { values, score: 3, tags: ['apt'], tlp: 'RED' })];
  const together = held(
    1,
    { score: 3, tags: ['apt', 'c2'], stixIds: ['indicator--2'] },
    { trafficlightprotocol: 'RED' },
  );
  expect(compare(two, [together]).equal).toBe(true);
  expect(fields(two, [held(1)])).toEqual(['score', 'tags', 'tlp']);
});

test('an optional entity may be there or not, an alternative spelling is right', () => {
  const maybe = generated(1, {
    optional: true,
    values: [{ type: 'User Agent', value: '1.example' }],
  });
  expect(compare([maybe], []).equal).toBe(true);
  expect(compare([maybe], [held(1)]).equal).toBe(true);
  expect(fields([maybe], [held(1, { score: 0 })])).toEqual(['score']);
  const asn = generated(1, {
    values: [{ type: 'ASN', value: 'AS64500', alternatives: ['64500'] }],
  });
  expect(compare([asn], [held(1, { type: 'ASN', value: '64500' })]).equal).toBe(true);
});

test('of what cannot be mapped, or was skipped, nothing may be there', () => {
  const rule = generated(1, { mappable: false, values: [] });
  expect(compare([rule], [])).toMatchObject({ equal: true, checked: 0, unmappable: 1 });
  expect(compare([rule], [held(1)]).extra).toHaveLength(1);
  expect(compare([derived(1)], [], { skipped: ['e-1'] })).toMatchObject({
    equal: true,
    skipped: 1,
  });
  expect(compare([derived(1)], [held(1)], { skipped: ['indicator--1'] }).extra).toHaveLength(1);
});

test("an analyst's own objects can be left out", () => {
  const own = held(9, { stixIds: [] });
  expect(compare([], [own]).equal).toBe(false);
  expect(compare([], [own], { isForeign: ({ stixIds }) => stixIds.length === 0 }).equal).toBe(true);
});

test('without known values an entity is found by its STIX id, or by what its pattern says', () => {
  expect(compare([derived(1)], [held(1)]).equal).toBe(true);
  expect(compare([derived(1)], [held(1, { stixIds: [] })]).equal).toBe(true);
  expect(compare([derived(1)], []).missing).toMatchObject([{ entityId: 'e-1', value: null }]);
  expect(fields([derived(1)], [held(1, { score: 1 })])).toEqual(['score']);
  expect(fields([derived(1)], [held(1, { value: 'elsewhere.example' })])).toEqual(['value']);
});

test('with a shared value either reading of who stands behind it is accepted, nothing else', () => {
  const two = [
    derived(1, { score: 3, tags: ['a'] }),
    derived(2, { score: 1, tags: ['b'], pattern: "[domain-name:value = '1.example']" }),
  ];
  const object = (changes: Partial<DumpedObject>) => [
    held(1, { stixIds: ['indicator--2'], ...changes }),
  ];
  expect(compare(two, object({ score: 3, tags: ['a', 'b'] })).equal).toBe(true);
  expect(compare(two, object({ score: 1, tags: ['b'] })).missing).toEqual([]);
  expect(fields(two, object({ score: 2, tags: ['c'] }))).toEqual(['score', 'tags']);
});

test('defanging, case and punycode make no difference, other letters do', () => {
  expect(canonicalValue(' hxxp://Evil[.]example ')).toBe('http://evil.example');
  expect(canonicalValue('xn--bcher-kva.example')).toBe('bücher.example');
  expect(canonicalValue('AS64500')).toBe('64500');
  expect(canonicalValue('a.example')).not.toBe(canonicalValue('b.example'));
});

test('literals are found whatever the pattern is', () => {
  expect(literalsOf(String.raw`[url:value = 'it\'s \\ x' AND file:size > 12] OR ['`)).toEqual([
    "it's \\ x",
    '12',
    '',
  ]);
  expect(literalsOf(expectationOf(indicator(1), 'e').pattern)).toContain('203.0.113.1');
});

test('a perfect copy of a generated world is equal, and any single damage is seen', () => {
  const platform = createPlatform({
    now: Date.now,
    retention: 10,
    filter: { types: ['indicator'] },
  });
  for (const operation of generateFeed({ entities: 300, events: 1500, updateShare: 0.5, seed: 8 }))
    platform.apply(operation);
  const expectations = [...expectationsOf(platform.table.rows(), () => true)];
  const copy = (): DumpedObject[] =>
    expectations.flatMap((one) =>
      one.values.map((value, n) => ({
        id: `${one.entityId}-${n}`,
        version: 1,
        value: value.value,
        type: value.type,
        score: one.score,
        tags: one.tags,
        stixIds: [one.stixId],
        CustomFields: {
          trafficlightprotocol: one.tlp ?? undefined,
          description: one.description ?? '',
        },
      })),
    );
  expect(compare(expectations, copy())).toMatchObject({
    equal: true,
    missing: [],
    stale: [],
    extra: [],
  });
  const random = createRandom(5);
  for (let round = 0; round < 50; round += 1) {
    const dump = copy();
    const index = random.below(dump.length);
    const object = dump[index];
    if (!object) throw new Error('there are objects');
    const optional = expectations.find(({ entityId }) => object.id.startsWith(entityId))?.optional;
    const damage = random.below(3);
    if (damage === 0) dump.splice(index, 1);
    else if (damage === 1) dump[index] = { ...object, score: (object.score + 1) % 4 };
    else dump[index] = { ...object, tags: [...object.tags, 'left over'] };
    expect(compare(expectations, dump).equal).toBe(damage === 0 && optional === true);
  }
});
