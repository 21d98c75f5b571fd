import { describe, expect, it } from 'vitest';
import { createFlow, sparkline } from './flow.ts';

describe('the flow', () => {
  it('is unknown at the first look', () => {
    expect(createFlow().note({ at: 0, wanted: 5, finished: 5 })).toEqual({
      inPerSecond: null,
      outPerSecond: null,
      history: [],
    });
  });

  it('is told over the last five seconds, and look by look', () => {
    const flow = createFlow();
    let seen = flow.note({ at: 0, wanted: 0, finished: 0 });
    for (let second = 1; second <= 10; second += 1) {
      // 100 a second, and 300 in the last five.
      const finished = second <= 5 ? 100 * second : 500 + 300 * (second - 5);
      seen = flow.note({ at: second * 1_000, wanted: second * 10, finished });
    }
    expect(seen).toMatchObject({ inPerSecond: 10, outPerSecond: 300 });
    expect(seen.history).toEqual([100, 100, 100, 100, 100, 300, 300, 300, 300, 300]);
  });

  it('covers looks that are further apart than it remembers', () => {
    const flow = createFlow();
    flow.note({ at: 0, wanted: 0, finished: 0 });
    expect(flow.note({ at: 60_000, wanted: 600, finished: 60 })).toMatchObject({
      inPerSecond: 10,
      outPerSecond: 1,
    });
  });

  it('begins anew when the counters do, and knows no rate of what nobody counts', () => {
    const flow = createFlow();
    flow.note({ at: 0, wanted: 100, finished: 100 });
    expect(flow.note({ at: 1_000, wanted: 1, finished: 1 }).inPerSecond).toBeNull();
    const uncounted = createFlow();
    uncounted.note({ at: 0, wanted: 0, finished: null });
    expect(uncounted.note({ at: 1_000, wanted: 10, finished: null })).toMatchObject({
      inPerSecond: 10,
      outPerSecond: null,
    });
  });

  it('forgets what is older than a minute of looks', () => {
    const flow = createFlow();
    let length = 0;
    for (let second = 0; second < 100; second += 1) {
      length = flow.note({ at: second * 1_000, wanted: second, finished: second }).history.length;
    }
    expect(length).toBe(60);
  });

  it('is drawn with the highest rate at the top', () => {
    expect(sparkline([0, 50, 100])).toBe('▁▅█');
    expect(sparkline([])).toBe('');
    expect(sparkline([0, 0])).toBe('▁▁');
  });
});
