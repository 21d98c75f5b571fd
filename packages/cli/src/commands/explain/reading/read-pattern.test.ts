import { describe, expect, test } from 'vitest';
import { readPattern } from './read-pattern.ts';

function comparisons(text: string) {
  const reading = readPattern(text);
  if (!reading.ok) throw reading.error;
  return [...reading.comparisons.values()];
}

test('every comparison has its text, its place and how many values it names', () => {
  const found = comparisons("[a:b = 'x'\n  OR file:hashes.'SHA-256' IN ('y', 'z')] AND [c:d > 1]");
  expect(found).toMatchObject([
    { text: "a:b = 'x'", place: { line: 1, column: 2 }, values: 1, why: null },
    {
      text: "file:hashes.'SHA-256' IN ('y', 'z')",
      subject: 'file:hashes.SHA-256',
      place: { line: 2, column: 6 },
      values: 2,
    },
    { text: 'c:d > 1', place: { line: 2, column: 48 }, values: 0 },
  ]);
});

describe('a comparison names no value', () => {
  test.each([
    ["a:b != 'x'", '!= says'],
    ["a:b NOT = 'x'", 'a negated comparison'],
    ["NOT (c:d > 1 OR a:b = 'x')", 'a negated comparison'],
    ["a:b NOT != 'x'", 'double negation'],
    ['a:b >= 5', '>= names a range'],
    ["a:b LIKE 'x%'", 'a form that many values have'],
    ["a:b LIKE 'x'", '= would say the same'],
    ["a:b MATCHES '^x'", 'regular expression'],
    ["a:b ISSUPERSET '10.0.0.0/8'", 'does not name it'],
    ['EXISTS a:b', 'some value'],
  ])('%s', (text, words) => {
    for (const { why, values } of comparisons(`[${text}]`).slice(-1)) {
      expect(why).toContain(words);
      expect(values).toBe(0);
    }
  });

  test.each(["a:b = 'x'", "a:b IN ('x')", "a:b ISSUBSET '10.0.0.0/8'"])('but %s does', (text) => {
    expect(comparisons(`[${text}]`)[0]?.why).toBeNull();
  });
});

test('what stands in double quotes is read, and it is told', () => {
  expect(readPattern('[file:hashes."MD5" = \'x\']')).toMatchObject({
    ok: true,
    doubleQuotedSteps: true,
  });
});
