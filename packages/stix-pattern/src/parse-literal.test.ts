import { describe, expect, it } from 'vitest';
import type { Literal } from './ast.ts';
import { parsePattern } from './parse-pattern.ts';
import { refusal } from './testing/refusal.ts';

function literal(text: string): Literal {
  const { expression } = parsePattern(`[a:b = ${text}]`);
  if (expression.kind !== 'observation') throw new Error('not one observation');
  const { comparison } = expression;
  if (comparison.kind !== 'comparison') throw new Error('not one comparison');
  return comparison.value;
}

describe('strings', () => {
  it('resolves escaped quotes and backslashes and nothing else', () => {
    expect(literal("'it\\'s C:\\\\new\\\\\\'x\\''")).toMatchObject({ value: "it's C:\\new\\'x'" });
  });

  it('may be empty and may hold anything else: brackets, operators, line breaks, NUL', () => {
    expect(literal("''")).toMatchObject({ kind: 'string', value: '' });
    const odd = '[a = "b"] AND /* // \n\0\u2028 \ud800';
    expect(literal(`'${odd}'`)).toMatchObject({ value: odd });
  });

  it('refuses a backslash before another character, and points at the backslash', () => {
    const error = refusal("[a:b = 'C:\\new']");
    expect(error.offset).toBe(10);
    expect(error.found).toBe('"\\n"');
  });

  it('refuses a string without an end, also one that ends in a backslash', () => {
    expect(refusal("[a:b = 'x").expected).toEqual(['a closing quote']);
    expect(refusal("[a:b = 'x\\'").expected).toEqual(['a closing quote']);
    expect(refusal("[a:b = 'x\\").found).toBe('"\\"');
  });

  it('refuses double quotes', () => {
    expect(refusal('[a:b = "x"]').offset).toBe(7);
  });
});

describe('numbers', () => {
  it('reads integers with and without a sign', () => {
    expect(literal('42')).toMatchObject({ kind: 'integer', value: 42, text: '42' });
    expect(literal('-42')).toMatchObject({ kind: 'integer', value: -42 });
    expect(literal('+42')).toMatchObject({ kind: 'integer', value: 42, text: '+42' });
    expect(literal('0')).toMatchObject({ kind: 'integer', value: 0 });
  });

  it('keeps the digits of an integer that no double can hold', () => {
    expect(literal('9007199254740993')).toMatchObject({ text: '9007199254740993' });
  });

  it('reads floats, also without digits before the dot', () => {
    expect(literal('7.0')).toMatchObject({ kind: 'float', value: 7, text: '7.0' });
    expect(literal('-.5')).toMatchObject({ kind: 'float', value: -0.5 });
    expect(literal('.25')).toMatchObject({ kind: 'float', value: 0.25 });
    expect(literal('007.50')).toMatchObject({ kind: 'float', value: 7.5 });
  });

  it('refuses leading zeros of integers, exponents, and a dot without digits after it', () => {
    for (const text of ['007', '00', '-01', '+00']) {
      expect(refusal(`[a:b = ${text}]`).expected).toEqual(['a number without leading zeros']);
    }
    expect(refusal('[a:b = 1e5]').offset).toBe(8);
    expect(refusal('[a:b = 5.]').offset).toBe(8);
    expect(refusal('[a:b = - 5]').offset).toBe(7);
  });
});

describe('other literals', () => {
  it('reads booleans', () => {
    expect(literal('true')).toMatchObject({ kind: 'boolean', value: true });
    expect(literal('false')).toMatchObject({ kind: 'boolean', value: false });
    expect(refusal('[a:b = truely]').offset).toBe(7);
  });

  it('reads pairs of hex digits, none included', () => {
    expect(literal("h'ffD8'")).toMatchObject({ kind: 'hex', text: 'ffD8' });
    expect(literal("h''")).toMatchObject({ kind: 'hex', text: '' });
    expect(refusal("[a:b = h'fff']").found).toBe(`"h'fff'"`);
    expect(refusal("[a:b = h'fg']").offset).toBe(7);
    expect(refusal("[a:b = h'ff").expected).toEqual(['a closing quote']);
  });

  it('reads base64 with its padding', () => {
    for (const text of ['dGVzdA==', 'dGVzdHM=', 'dGVzdHMr', '+/+/']) {
      expect(literal(`b'${text}'`)).toMatchObject({ kind: 'binary', text });
    }
    for (const text of ['', '====', 'dGVzdA=', 'dGVzdA', 'dGV=dA==', 'dGV-']) {
      expect(refusal(`[a:b = b'${text}']`).offset).toBe(7);
    }
  });

  it('reads timestamps to any fraction of a second', () => {
    for (const text of [
      '2025-01-31T23:59:59Z',
      '2016-12-31T23:59:60Z',
      '0000-01-01T00:00:00.123456789Z',
    ]) {
      expect(literal(`t'${text}'`)).toMatchObject({ kind: 'timestamp', text });
    }
  });

  it.each([
    '2025-13-01T00:00:00Z',
    '2025-00-01T00:00:00Z',
    '2025-01-32T00:00:00Z',
    '2025-01-01T24:00:00Z',
    '2025-01-01T00:60:00Z',
    '2025-01-01T00:00:61Z',
    '2025-01-01T00:00:00.Z',
    '2025-01-01T00:00:00.1xZ',
    '2025-01-01T00:00:00',
    '2025-01-01T00:00:00+01:00',
    '2025-01-01 00:00:00Z',
    '2025/01/01T00:00:00Z',
    '25-01-01T00:00:00Z',
    '2025-01-01T00.00.00Z',
    'aaaa-01-01T00:00:00Z',
    '',
  ])('refuses %j as a timestamp', (text) => {
    expect(refusal(`[a:b = t'${text}']`).offset).toBe(7);
  });

  it('wants no space between the letter and the quote', () => {
    expect(refusal("[a:b = h 'ff']").found).toBe('"h"');
  });
});
