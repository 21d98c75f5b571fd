import { expect, test } from 'vitest';
import { maxRetryAfterMs, retryAfterMs } from './retry-after.ts';

const now = Date.UTC(2026, 7, 20, 9, 0, 0);

test('seconds and dates are both read', () => {
  expect(retryAfterMs('2', now)).toBe(2000);
  expect(retryAfterMs(' 0 ', now)).toBe(0);
  expect(retryAfterMs('Thu, 20 Aug 2026 09:00:30 GMT', now)).toBe(30_000);
});

test('a date that has passed asks for no wait', () => {
  expect(retryAfterMs('Thu, 20 Aug 2026 08:59:00 GMT', now)).toBe(0);
});

test('nobody can send us away for longer than an hour', () => {
  expect(retryAfterMs('999999999999999999999', now)).toBe(maxRetryAfterMs);
  expect(retryAfterMs('Fri, 20 Aug 2027 09:00:00 GMT', now)).toBe(maxRetryAfterMs);
});

test.each([[undefined], [''], ['soon']])('%j says nothing', (value) => {
  expect(retryAfterMs(value, now)).toBeNull();
});
