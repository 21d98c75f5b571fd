import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

const limits = { minMs: 1000, maxMs: 60_000 };

test('the ceiling doubles with each failure up to the greatest wait', () => {
  const almostOne = 0.999999;
  const waits = [0, 1, 2, 5, 6, 40].map((n) => Math.ceil(backoffMs(n, limits, almostOne) / 1000));
  expect(waits).toEqual([1, 2, 4, 32, 60, 60]);
});

test('the wait is anywhere between nothing and the ceiling', () => {
  expect(backoffMs(3, limits, 0)).toBe(0);
  expect(backoffMs(3, limits, 0.5)).toBe(4000);
});

test('a wait is never negative, broken or above the greatest, whatever the number of failures', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (n, r) => {
      const wait = backoffMs(n, limits, r);
      expect(Number.isInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThan(limits.maxMs);
    }),
  );
});
