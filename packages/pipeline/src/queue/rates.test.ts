import { describe, expect, it } from 'vitest';
import { type FinishedJobs, ratesOf } from './rates.ts';

const minute = 60_000;

/** The open minute is minute 100; 30 jobs ended in it so far. */
const finished: FinishedJobs = {
  meta: { prevTS: 100 * minute + 500, count: 330, prevCount: 300 },
  data: [60, 120, 0, 0, 120],
};

describe('the rates', () => {
  it('count the minute under way, and of the oldest the part that is left', () => {
    // Half a minute has gone: 30 jobs, and half of the 60 of the minute before.
    expect(ratesOf(finished, 100 * minute + 30_000)).toEqual({ last1: 60, last5: 54, last15: 22 });
    expect(ratesOf(finished, 100 * minute)).toMatchObject({ last1: 90 });
  });

  it('show the first deliveries at once', () => {
    const first: FinishedJobs = {
      meta: { prevTS: 100 * minute, count: 12, prevCount: 0 },
      data: [],
    };
    expect(ratesOf(first, 100 * minute + 10_000)).toMatchObject({ last1: 12, last5: 2 });
  });

  it('fall to nothing when nothing ends any more', () => {
    expect(ratesOf(finished, 102 * minute)).toMatchObject({ last1: 0, last5: 42 });
    expect(ratesOf(finished, 200 * minute)).toEqual({ last1: 0, last5: 0, last15: 0 });
  });
});
