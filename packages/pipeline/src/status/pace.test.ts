import { describe, expect, it } from 'vitest';
import { createPace } from './pace.ts';

const HOUR = 3_600_000;

describe('the pace', () => {
  it('is unknown until two looks lie far enough apart', () => {
    const pace = createPace();
    expect(pace.note({ at: 0, pending: 5, cursorMs: null })).toBeNull();
    expect(pace.note({ at: 5_000, pending: 5, cursorMs: null })).toBeNull();
    expect(pace.note({ at: 10_000, pending: 5, cursorMs: null })).not.toBeNull();
  });

  it('tells how fast the backlog shrinks and when it is gone', () => {
    const pace = createPace();
    pace.note({ at: 0, pending: 1_000, cursorMs: null });
    expect(pace.note({ at: 60_000, pending: 400, cursorMs: null })).toMatchObject({
      pendingPerMinute: -600,
      emptyInMs: 40_000,
      streamSpeed: null,
    });
  });

  it('promises no end while the backlog grows', () => {
    const pace = createPace();
    pace.note({ at: 0, pending: 0, cursorMs: null });
    expect(pace.note({ at: 30_000, pending: 50, cursorMs: null })).toMatchObject({
      pendingPerMinute: 100,
      emptyInMs: null,
    });
  });

  it('tells when a catch-up will be done', () => {
    const pace = createPace();
    const now = 100 * HOUR;
    pace.note({ at: now, pending: 0, cursorMs: now - 2 * HOUR });
    // A minute later half an hour more has been read: 30 times as fast as time goes.
    const seen = pace.note({ at: now + 60_000, pending: 0, cursorMs: now - 1.5 * HOUR });
    expect(seen?.streamSpeed).toBe(30);
    expect(seen?.caughtUpInMs).toBe(Math.round((1.5 * HOUR + 60_000) / 29));
  });

  it('sees no catch-up in a stream that is followed, nor in one that stands', () => {
    const pace = createPace();
    pace.note({ at: 1_000_000, pending: 0, cursorMs: 940_000 });
    expect(pace.note({ at: 1_030_000, pending: 0, cursorMs: 990_000 })?.caughtUpInMs).toBeNull();
    const still = createPace();
    still.note({ at: HOUR, pending: 0, cursorMs: 1 });
    expect(still.note({ at: HOUR + 30_000, pending: 0, cursorMs: 1 })).toMatchObject({
      streamSpeed: 0,
      caughtUpInMs: null,
    });
  });

  it('forgets old looks, and all of them when the cursor was set back', () => {
    const pace = createPace();
    pace.note({ at: 0, pending: 9_999, cursorMs: 5 });
    pace.note({ at: 200_000, pending: 100, cursorMs: 5 });
    expect(pace.note({ at: 230_000, pending: 100, cursorMs: 5 })?.pendingPerMinute).toBe(0);
    expect(pace.note({ at: 260_000, pending: 100, cursorMs: 4 })).toBeNull();
  });
});
