import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundShare, overBounds } from './dead-letter-bounds.ts';

const WIDE = { count: 1e9, bytes: 1e12, ageMs: 1e12 };
const NOW = 1_000_000;
const letters = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ at: index, bytes: 10 }));
const load = (of: readonly { bytes: number }[]) => ({
  count: of.length,
  bytes: of.reduce((sum, { bytes }) => sum + bytes, 0),
});

describe('the bounds of dead letters', () => {
  it('let everything stay that is within them', () => {
    const all = letters(5);
    expect(overBounds(all, load(all), { ...WIDE, count: 5, bytes: 50 }, NOW)).toEqual([]);
  });

  it('drop the oldest by count, by bytes and by age, each by its name', () => {
    const all = letters(5);
    expect(overBounds(all, load(all), { ...WIDE, count: 3 }, NOW)).toEqual(['count', 'count']);
    expect(overBounds(all, load(all), { ...WIDE, bytes: 45 }, NOW)).toEqual(['bytes']);
    expect(overBounds(all, load(all), { ...WIDE, ageMs: NOW - 2 }, NOW)).toEqual(['age', 'age']);
  });

  it('hold for whatever is there, and drop none too many', () => {
    const letter = fc.record({ at: fc.nat(1_000), bytes: fc.integer({ min: 1, max: 5_000 }) });
    const bound = fc.record({
      count: fc.integer({ min: 1, max: 20 }),
      bytes: fc.integer({ min: 1, max: 50_000 }),
      ageMs: fc.integer({ min: 1, max: 1_000 }),
    });
    const within = (some: readonly { at: number; bytes: number }[], bounds: typeof WIDE) => {
      const { count, bytes } = load(some);
      return (
        count <= bounds.count &&
        bytes <= bounds.bytes &&
        some.every(({ at }) => at >= 1_000 - bounds.ageMs)
      );
    };
    fc.assert(
      fc.property(fc.array(letter, { maxLength: 30 }), bound, (some, bounds) => {
        const oldest = some.toSorted((a, b) => a.at - b.at);
        const dropped = overBounds(oldest, load(oldest), bounds, 1_000).length;
        expect(within(oldest.slice(dropped), bounds)).toBe(true);
        if (dropped > 0) expect(within(oldest.slice(dropped - 1), bounds)).toBe(false);
      }),
    );
  });

  it('say how near they are, whichever is nearer', () => {
    const bounds = { ...WIDE, count: 10, bytes: 100 };
    expect(boundShare({ count: 2, bytes: 90 }, bounds)).toBe(0.9);
    expect(boundShare({ count: 12, bytes: 0 }, bounds)).toBe(1.2);
  });
});
