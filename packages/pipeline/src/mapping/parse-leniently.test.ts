import { PatternError, printPattern } from '@xsoar-intel/stix-pattern';
import { expect, test } from 'vitest';
import { parseLeniently } from './parse-leniently.ts';

test('a pattern of the grammar is read as it is', () => {
  const reading = parseLeniently("[file:hashes.'SHA-1' = 'a\".\"b']");
  expect(reading.doubleQuotedSteps).toBe(false);
  expect(printPattern(reading.pattern)).toBe("[file:hashes.'SHA-1' = 'a\".\"b']");
});

test('path steps in double quotes are read, and it is said that they were', () => {
  const reading = parseLeniently('[file:hashes."SHA-1" = \'a\']');
  expect(reading.doubleQuotedSteps).toBe(true);
  expect(printPattern(reading.pattern)).toBe("[file:hashes.'SHA-1' = 'a']");
});

test('any other mistake stays one, at its place in the text', () => {
  const offsetOf = (text: string) => {
    try {
      parseLeniently(text);
      return null;
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      return error.offset;
    }
  };
  expect(offsetOf("[domain-name:value = 'x'")).toBe(24);
  expect(offsetOf('[file:hashes."SHA-1" = "a"]')).toBe(23);
  expect(offsetOf("[file:hashes.\"SHA'1\" = 'a']")).toBe(13);
});
