import { describe, expect, it } from 'vitest';
import { ago, count, counted, duration, instant } from './words.ts';

describe('words', () => {
  it.each([
    [0, '0 s'],
    [1_400, '1 s'],
    [119_000, '119 s'],
    [120_000, '2 min'],
    [7_140_000, '119 min'],
    [7_200_000, '2 h'],
    [172_800_000, '2 d'],
    [864_000_000_000, '10,000 d'],
  ])('say %i ms as "%s"', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it('say which side of now a moment lies on', () => {
    expect(ago(61_000)).toBe('61 s ago');
    expect(ago(-61_000)).toBe('in 61 s');
    expect(ago(999)).toBe('now');
  });

  it('say numbers', () => {
    expect(count(1_234_567)).toBe('1,234,567');
    expect(counted(1, 'entity', 'entities')).toBe('1 entity');
    expect(counted(0, 'entity', 'entities')).toBe('0 entities');
  });

  it('say a moment in UTC, and what is none as unknown', () => {
    expect(instant(Date.UTC(2026, 1, 1, 9, 30))).toBe('2026-02-01 09:30:00 UTC');
    expect(instant(Number.NaN)).toBe('unknown');
  });
});
