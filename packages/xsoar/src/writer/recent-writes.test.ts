import { describe, expect, it } from 'vitest';
import { RecentWrites } from './recent-writes.ts';

const KEEP_MS = 20_000;

describe('what was touched lately', () => {
  it('stays known for as long as the index may lag, and no longer', () => {
    let now = 1_000_000;
    const recent = new RecentWrites({ maxEntries: 10, keepMs: KEEP_MS, now: () => now });
    recent.touch('Bad.example');
    now += KEEP_MS - 1;
    // The generation of the first one is over by then for those that come later.
    recent.touch('other.example');
    expect(recent.isQuiet('bad.EXAMPLE')).toBe(false);
    now += 1;
    recent.touch('third.example');
    expect(recent.isQuiet('bad.example')).toBe(true);
    expect(recent.isQuiet('other.example')).toBe(false);
    now += KEEP_MS;
    expect(recent.isQuiet('third.example')).toBe(true);
  });

  it('is the newest 20,000 at least, however many there are within that time', () => {
    const recent = new RecentWrites({ maxEntries: 10, keepMs: KEEP_MS, now: () => 1_000_000 });
    for (let index = 0; index < 90_000; index += 1) recent.touch(`host-${index}.example`);
    const known = (index: number): boolean => !recent.isQuiet(`host-${index}.example`);
    expect(known(89_999)).toBe(true);
    expect(known(70_000)).toBe(true);
    expect(known(0)).toBe(false);
  });
});
