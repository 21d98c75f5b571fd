import { expect, it } from 'vitest';
import { watchCatchUp } from './catch-up.ts';

const UNTIL = '2026-08-20T09:00:00.000Z';
const end = Date.parse(UNTIL);

it('tells position, rate and time left', () => {
  let now = 1_000;
  const watch = watchCatchUp(() => now);
  expect(watch.progress).toBeNull();
  watch.begin(UNTIL);
  expect(watch.progress).toEqual({
    until: UNTIL,
    positionMs: null,
    objects: 0,
    perSecond: 0,
    leftMs: null,
  });
  watch.object(end - 4_000_000);
  watch.object(end - 3_000_000);
  now += 10_000;
  // A quarter of the time that is spanned took ten seconds.
  expect(watch.progress).toEqual({
    until: UNTIL,
    positionMs: end - 3_000_000,
    objects: 2,
    perSecond: 0.2,
    leftMs: 30_000,
  });
  watch.begin(null);
  expect(watch.progress).toBeNull();
});
