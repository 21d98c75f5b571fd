import { describe, expect, it } from 'vitest';
import { observedValues } from './observed-values.ts';
import { parsePattern } from './parse-pattern.ts';
import { defaultLimits } from './pattern-limits.ts';
import { printPattern } from './print-pattern.ts';
import { refusal } from './testing/refusal.ts';

const repeat = (text: string, times: number, between = ''): string =>
  Array.from({ length: times }, () => text).join(between);

describe('limits', () => {
  it('accept a pattern of exactly the longest length and refuse one character more', () => {
    const frame = "[a:b = '']";
    const longest = `[a:b = '${'x'.repeat(defaultLimits.maxLength - frame.length)}']`;
    expect(longest.length).toBe(65_536);
    expect(parsePattern(longest).kind).toBe('pattern');
    const error = refusal(`${longest} `);
    expect(error.code).toBe('too-long');
    expect(error.message).toContain('65537');
  });

  it('accept 64 levels of observations and refuse the 65th', () => {
    const nested = (levels: number) => `${repeat('(', levels)}[a:b = 1]${repeat(')', levels)}`;
    expect(parsePattern(nested(64)).kind).toBe('pattern');
    expect(refusal(nested(65))).toMatchObject({ code: 'too-deep', offset: 64 });
  });

  it('accept 64 levels of comparisons and refuse the 65th', () => {
    const nested = (levels: number) => `[${repeat('(', levels)}a:b = 1${repeat(')', levels)}]`;
    expect(parsePattern(nested(64)).kind).toBe('pattern');
    expect(refusal(nested(65))).toMatchObject({ code: 'too-deep', offset: 65 });
  });

  it('count observations and the comparisons in them together', () => {
    const nested = (outer: number, inner: number) =>
      `${repeat('(', outer)}[${repeat('(', inner)}a:b = 1${repeat(')', inner)}]${repeat(')', outer)}`;
    expect(parsePattern(nested(32, 32)).kind).toBe('pattern');
    expect(refusal(nested(32, 33)).code).toBe('too-deep');
  });

  it('count a prefixed NOT as a level', () => {
    expect(parsePattern(`[${repeat('NOT ', 64)}a:b = 1]`).kind).toBe('pattern');
    expect(refusal(`[${repeat('NOT ', 65)}a:b = 1]`).code).toBe('too-deep');
  });

  it('do not count levels that have ended', () => {
    expect(parsePattern(`[${repeat('(a:b = 1)', 500, ' OR ')}]`).kind).toBe('pattern');
  });

  it('accept a thousand comparisons, in one observation or over many, and refuse one more', () => {
    expect(parsePattern(`[${repeat('a:b = 1', 1_000, ' OR ')}]`).kind).toBe('pattern');
    expect(refusal(`[${repeat('a:b = 1', 1_001, ' OR ')}]`)).toMatchObject({
      code: 'too-many-comparisons',
      offset: 1 + 1_000 * 11,
    });
    expect(refusal(repeat('[EXISTS a:b]', 1_001, ' OR ')).code).toBe('too-many-comparisons');
  });

  it('can be set one by one', () => {
    expect(refusal('[a:b = 1]', { maxLength: 8 }).code).toBe('too-long');
    expect(refusal('[a:b = 1 OR c:d = 2]', { maxComparisons: 1 }).code).toBe(
      'too-many-comparisons',
    );
    expect(refusal('(([a:b = 1]))', { maxDepth: 1 }).code).toBe('too-deep');
  });

  it('never let nesting meet the end of the stack, whatever depth a caller allows', () => {
    const limits = { maxDepth: Number.POSITIVE_INFINITY, maxLength: Number.POSITIVE_INFINITY };
    expect(refusal(repeat('(', 200_000), limits).code).toBe('too-deep');
    expect(refusal(`[${repeat('(', 200_000)}`, limits).code).toBe('too-deep');
    expect(refusal(`[${repeat('NOT ', 200_000)}`, limits).code).toBe('too-deep');
  });

  it.each([
    ['comparisons', `[${repeat('a:b = 1', 20_000, ' OR ')}]`],
    ['comparisons in pairs', `[${repeat('a:b = 1', 20_000, ' AND ')}]`],
    ['observations', repeat('[a:b = 1]', 20_000, ' FOLLOWEDBY ')],
    ['qualifiers', `[a:b = 1]${repeat(' REPEATS 2 TIMES', 20_000)}`],
    ['path steps', `[a:b${repeat('.c[*]', 20_000)} = 1]`],
    ['set members', `[a:b IN (${repeat('1', 20_000, ', ')})]`],
  ])('need no stack for a chain of 20,000 %s', (_name, text) => {
    const limits = { maxLength: 1 << 20, maxComparisons: 100_000 };
    const tree = parsePattern(text, limits);
    expect(printPattern(tree)).toBe(text);
    expect(observedValues(tree).length).toBeGreaterThan(0);
  });
});
