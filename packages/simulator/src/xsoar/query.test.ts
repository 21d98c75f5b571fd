import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newIoc } from './ioc.ts';
import { matches } from './match.ts';
import { countTerms, parseQuery, QueryError } from './query.ts';

const ioc = (value: string, more: Record<string, unknown> = {}) =>
  newIoc(
    { value, indicator_type: 'IP', score: 3, ...more },
    { id: '7', sequence: 7, at: '', account: '', setBy: '' },
  );
const hits = (query: string, object = ioc('203.0.113.7'), looseValues = false) =>
  matches(parseQuery(query), object, { looseValues });

test('any value can be quoted and is found again', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (value) => {
      const quoted = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
      expect(hits(`value:"${quoted}"`, ioc(value))).toBe(true);
      expect(hits(`value:"${quoted}"`, ioc(`${value}x`))).toBe(false);
    }),
  );
});

test('any text is a query or a QueryError', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ':', '"', '\\', '(', ')', '-', '*', ' ', 'or', 'and '),
  });
  fc.assert(
    fc.property(text, (query) => {
      try {
        hits(query);
      } catch (error) {
        expect(error).toBeInstanceOf(QueryError);
      }
    }),
  );
});

test('terms are joined by and, or and spaces, grouped by parentheses, turned by - and not', () => {
  expect(hits('value:"203.0.113.7" and type:IP')).toBe(true);
  expect(hits('value:"203.0.113.7" and type:URL')).toBe(false);
  expect(hits('type:URL or id:"7"')).toBe(true);
  expect(hits('type:IP id:"8"')).toBe(false);
  expect(hits('(type:URL or type:IP) AND -id:"8"')).toBe(true);
  expect(hits('not type:IP')).toBe(false);
  expect(hits('type:URL and type:IP or id:7')).toBe(true);
  expect(hits('type:URL and (type:IP or id:7)')).toBe(false);
  expect(hits('value:("a" or "203.0.113.7")')).toBe(true);
  expect(hits('')).toBe(true);
});

test('fields are found wherever XSOAR keeps them', () => {
  const object = ioc('a', {
    source: 'OpenCTI',
    expirationStatus: 'active',
    sourceBrands: ['Feed X'],
    CustomFields: {
      tags: ['C2', 'bot net'],
      stixid: 'indicator--1, indicator--2',
      reportedby: ['ACME'],
    },
  });
  expect(hits('tags:c2', object)).toBe(true);
  expect(hits('tags:"bot net"', object)).toBe(true);
  expect(hits('tags:bot', object)).toBe(false);
  expect(hits('stixid:"indicator--2"', object)).toBe(true);
  expect(hits('reputation:Bad', object)).toBe(true);
  expect(hits('source:OpenCTI and expirationStatus:active', object)).toBe(true);
  expect(hits('sourceBrands:"feed x"', object)).toBe(true);
  expect(hits('reportedby:acme', object)).toBe(true);
  expect(hits('__proto__:x', object)).toBe(false);
});

test('stars stand for any text, bare words are looked for in the value, colons may follow a colon', () => {
  expect(hits('value:203.*.7')).toBe(true);
  expect(hits('value:203.*.8')).toBe(false);
  expect(hits('value:*')).toBe(true);
  expect(hits('value:20*20*7')).toBe(false);
  expect(hits('113')).toBe(true);
  expect(hits('value:2001:db8::1', ioc('2001:db8::1'))).toBe(true);
  expect(hits('value:"0.113"', ioc('203.0.113.7'))).toBe(false);
  expect(hits('value:"0.113"', ioc('203.0.113.7'), true)).toBe(true);
});

test('values are compared without regard to case', () => {
  expect(hits('value:"EVIL.example"', ioc('evil.EXAMPLE'))).toBe(true);
});

test('what is no query is refused', () => {
  for (const query of ['(', 'value:', 'value:)', '"open', 'and', ')', 'a or', '('.repeat(200)])
    expect(() => parseQuery(query), query).toThrow(QueryError);
});

test('terms are counted through every level', () => {
  expect(countTerms(parseQuery('a or (b and -c) or value:("d" or "e")'))).toBe(5);
});
