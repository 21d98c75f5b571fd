import { describe, expect, it } from 'vitest';
import { type FinishedJobs, ratesOf } from './rates.ts';

const minute = 60_000;

/** The open minute is minute 100; 30 jobs ended in it so far. */
const finished: FinishedJobs = {
  meta: { prevTS: 100 * minute + 500, count: 330, prevCount: 300 },
  data: [60, 120, 0, 0, 120],
};

describe('the rates', () => {
  it('are averages over the full minutes before this one', () => {
    expect(ratesOf(finished, 100 * minute + 30_000)).toEqual({ last1: 60, last5: 60, last15: 20 });
  });

  it('count the minute that BullMQ has not closed once it is over', () => {
    expect(ratesOf(finished, 101 * minute)).toEqual({ last1: 30, last5: 42, last15: 22 });
  });

  it('fall to nothing when nothing ends any more', () => {
    expect(ratesOf(finished, 103 * minute)).toMatchObject({ last1: 0, last5: 42 });
    expect(ratesOf(finished, 200 * minute)).toEqual({ last1: 0, last5: 0, last15: 0 });
  });
});
