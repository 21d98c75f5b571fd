import { expect, test } from 'vitest';
import { scrub } from './scrub.ts';

test('the token is hidden wherever it is repeated', () => {
  expect(scrub('no such token: s3cret (s3cret)', 's3cret')).toBe('no such token: *** (***)');
});

test('text becomes one bounded line', () => {
  expect(scrub(`a\r\nb\tc\u0000${'x'.repeat(1000)}`, '', 10)).toBe('a  b c xxx');
});

test('an empty token hides nothing', () => {
  expect(scrub('abc', '')).toBe('abc');
});
