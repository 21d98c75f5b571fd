import { describe, expect, test } from 'vitest';
import { readPattern } from './read-pattern.ts';

function hint(text: string): string | null {
  const reading = readPattern(text);
  if (reading.ok) throw new Error(`${text} is a pattern`);
  return reading.hint;
}

test.each([
  ["domain-name:value = 'x'", 'square brackets'],
  ['[domain-name:value = "x"]', 'single quotes'],
  ["[mutex:name = 'C:\\evil']", 'backslash is written twice'],
  ["[url:value = 'it's']", 'A quote inside a string'],
  ['[domain-name:value = ‘x’]', 'typographic quotes'],
  ["[domain-name:value = 'x'", 'closing bracket is missing'],
  ["[domain-name:value = 'x]", 'never closed'],
  ["[domain-name:value = 'x')]", 'never opened'],
  ["[domain-name:value = 'x' and url:value = 'y']", 'capitals: AND'],
  ["[domain-name:value like 'x']", 'capitals: LIKE'],
  ["[domain-name:value = 'x'] followedby [a:b = 'c']", 'capitals: FOLLOWEDBY'],
  ["[a:b = 'x' && c:d = 'y']", 'word AND'],
  ["[a:b = 'x' || c:d = 'y']", 'word OR'],
  ["[a:b = 'x', c:d = 'y']", 'commas stand only'],
  ["[a:b = 'x'] WITHIN 5 MINUTES", 'seconds only'],
  ["[a:b = 'x'][c:d = 'y']", 'Observations are joined'],
  ["[a:b = 'x'] OR", 'has to follow'],
  ["[ipv4-addr.value = '1']", 'A colon stands'],
  ["[a:b: 'x']", 'colon stands once'],
  ['[a:b]', 'A path alone'],
  ['[]', 'comparison is missing'],
  ['[a:b = evil.example]', 'stands in single quotes'],
  ['[a:b LIKE evil%]', 'stands in single quotes'],
  ["[a:b IN 'x']", 'IN takes a list'],
  ["[a:b IN ('x'", 'closing parenthesis'],
  ['rule Evil { condition: true }', 'YARA'],
  ['alert tcp any any -> any any', 'Snort'],
  ['title: Evil\ndetection:\n  x: y', 'Sigma'],
  [`[${'('.repeat(70)}a:b = 'x'`, 'limits'],
])('%s: %s', (text, words) => {
  expect(hint(text)).toContain(words);
});

describe('a value alone', () => {
  test.each([
    ['evil.example', "[domain-name:value = 'evil.example']"],
    ['пример.рф', "[domain-name:value = 'пример.рф']"],
    ['203.0.113.0/24', "[ipv4-addr:value = '203.0.113.0/24']"],
    ['2001:db8::1', "[ipv6-addr:value = '2001:db8::1']"],
    ['https://evil.example/a', "[url:value = 'https://evil.example/a']"],
    ['bob@evil.example', "[email-addr:value = 'bob@evil.example']"],
    ['CVE-2021-44228', "[vulnerability:name = 'CVE-2021-44228']"],
    ['D41D8CD98F00B204E9800998ECF8427E', "[file:hashes.MD5 = 'D41D8CD98F00B204E9800998ECF8427E']"],
  ])('%s becomes %s, which is a pattern', (value, pattern) => {
    expect(hint(value)).toContain(`\n${pattern}`);
    expect(readPattern(pattern).ok).toBe(true);
  });
});

test('nothing is said where nothing is known', () => {
  expect(hint('hello world')).toBeNull();
});
