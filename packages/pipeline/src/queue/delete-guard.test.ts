import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deleteLimit } from './delete-guard.ts';

const windowMs = 60_000;

describe('the limit of deletes in a window', () => {
  it('is none unless one is set', () => {
    expect(deleteLimit({ count: null, share: null, windowMs }, 1_000)).toBeNull();
  });

  it('is the count, or the share of what is managed, or the smaller of both', () => {
    expect(deleteLimit({ count: 100, share: null, windowMs }, 5)).toBe(100);
    expect(deleteLimit({ count: null, share: 0.05, windowMs }, 10_000)).toBe(500);
    expect(deleteLimit({ count: 100, share: 0.05, windowMs }, 10_000)).toBe(100);
    expect(deleteLimit({ count: 1_000, share: 0.05, windowMs }, 10_000)).toBe(500);
  });

  it('lets ten through by share however few there are, but not against the count', () => {
    expect(deleteLimit({ count: null, share: 0.05, windowMs }, 0)).toBe(10);
    expect(deleteLimit({ count: 3, share: 0.05, windowMs }, 0)).toBe(3);
  });

  it('never falls while more is managed', () => {
    const count = fc.option(fc.integer({ min: 1, max: 1_000 }));
    const share = fc.option(fc.double({ min: 0.001, max: 1, noNaN: true }));
    fc.assert(
      fc.property(count, share, fc.nat(1e6), fc.nat(1e6), (most, part, some, more) => {
        const limit = (managed: number) =>
          deleteLimit({ count: most, share: part, windowMs }, managed) ?? Infinity;
        expect(limit(some + more)).toBeGreaterThanOrEqual(limit(some));
      }),
    );
  });
});
