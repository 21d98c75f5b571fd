import { describe, expect, it } from 'vitest';
import { observedValues } from './observed-values.ts';
import { parsePattern } from './parse-pattern.ts';

const observe = (text: string) => observedValues(parsePattern(text));
const valuesOf = (text: string) =>
  observe(text).map((one) =>
    one.values.map(({ objectType, path, value }) => [objectType, path, value]),
  );
const leftOf = (text: string) => observe(text).flatMap((one) => one.left);

describe('observed values', () => {
  it('are what an equality says', () => {
    expect(observe("[file:hashes.'SHA-256' = 'aa']")).toEqual([
      {
        values: [
          {
            objectType: 'file',
            steps: [
              { kind: 'property', name: 'hashes' },
              { kind: 'property', name: 'SHA-256' },
            ],
            path: 'hashes.SHA-256',
            value: 'aa',
            literal: { kind: 'string', value: 'aa', offset: 25 },
            relation: 'equals',
            offset: 1,
          },
        ],
        left: [],
        offset: 0,
      },
    ]);
  });

  it('are each member of a set', () => {
    expect(valuesOf("[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]")).toEqual([
      [
        ['ipv4-addr', 'value', '192.0.2.1'],
        ['ipv4-addr', 'value', '192.0.2.2'],
      ],
    ]);
  });

  it('are the network of ISSUBSET, marked as one', () => {
    const [one] = observe("[ipv4-addr:value ISSUBSET '198.51.100.0/24']");
    expect(one?.values).toMatchObject([{ value: '198.51.100.0/24', relation: 'subset' }]);
    expect(one?.left).toEqual([]);
  });

  it('are grouped by observation, across AND, OR, FOLLOWEDBY, qualifiers and parentheses', () => {
    expect(
      valuesOf(
        "([a:b = 1 AND c:d = 2] WITHIN 5 SECONDS FOLLOWEDBY [e:f = 'x' OR (g:h = 'y' AND i:j = 'z')]) OR [k:l = true]",
      ),
    ).toEqual([
      [
        ['a', 'b', 1],
        ['c', 'd', 2],
      ],
      [
        ['e', 'f', 'x'],
        ['g', 'h', 'y'],
        ['i', 'j', 'z'],
      ],
      [['k', 'l', true]],
    ]);
  });

  it.each([
    ["[a:b != 'x']", '!=', false],
    ["[a:b <> 'x']", '!=', false],
    ["[a:b NOT = 'x']", '=', true],
    ["[NOT a:b = 'x']", '=', true],
    ["[a:b NOT IN ('x', 'y')]", 'IN', true],
    ["[a:b NOT ISSUBSET '10.0.0.0/8']", 'ISSUBSET', true],
    ["[a:b LIKE '%x']", 'LIKE', false],
    ["[a:b MATCHES '^x$']", 'MATCHES', false],
    ["[a:b ISSUPERSET '10.0.0.0/8']", 'ISSUPERSET', false],
    ['[a:b > 1]', '>', false],
    ['[a:b >= 1]', '>=', false],
    ['[a:b < 1]', '<', false],
    ['[a:b <= 1]', '<=', false],
    ['[EXISTS a:b]', 'EXISTS', false],
    ["[a:b NOT != 'x']", '!=', true],
  ])('do not come from %s, which is left out and named', (text, operator, negated) => {
    expect(observe(text)).toEqual([
      {
        values: [],
        left: [{ objectType: 'a', path: 'b', operator, negated, offset: 1 }],
        offset: 0,
      },
    ]);
  });

  it('do not come from anything within a negated group, however deep', () => {
    expect(valuesOf("[NOT (a:b = 'x' OR (c:d = 'y' AND e:f IN ('z'))) AND g:h = 'w']")).toEqual([
      [['g', 'h', 'w']],
    ]);
    expect(leftOf("[NOT (a:b = 'x' OR c:d = 'y')]")).toMatchObject([
      { operator: '=', negated: true },
      { operator: '=', negated: true },
    ]);
  });

  it('do not come back by a second negation', () => {
    expect(valuesOf("[NOT (a:b NOT = 'x')]")).toEqual([[]]);
    expect(valuesOf("[NOT (NOT (a:b = 'x' OR c:d = 'y'))]")).toEqual([[]]);
  });

  it('stand beside what was left out of the same observation', () => {
    const [one] = observe("[domain-name:value = 'a.example' AND url:value LIKE '%x']");
    expect(one?.values).toMatchObject([{ value: 'a.example' }]);
    expect(one?.left).toMatchObject([{ objectType: 'url', operator: 'LIKE', offset: 37 }]);
  });

  it('are strings, numbers and booleans as such, and other literals as their text', () => {
    expect(
      valuesOf(
        "[a:b IN ('s', 5, 1.5, false, h'ff', b'AA==', t'2025-01-01T00:00:00Z', 9007199254740993)]",
      )[0]?.map(([, , value]) => value),
    ).toEqual(['s', 5, 1.5, false, 'ff', 'AA==', '2025-01-01T00:00:00Z', '9007199254740993']);
  });

  it('keep the escaped characters of their strings', () => {
    expect(valuesOf("[url:value = 'http://x.example/it\\'s?a = b]\\\\']")[0]?.[0]?.[2]).toBe(
      "http://x.example/it's?a = b]\\",
    );
  });

  it('of an empty set are none', () => {
    expect(observe('[a:b IN ()]')).toEqual([{ values: [], left: [], offset: 0 }]);
  });
});
