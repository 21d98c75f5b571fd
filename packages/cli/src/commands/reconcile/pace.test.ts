import { expect, it } from 'vitest';
import { createPace, waitingLine } from './pace.ts';

it('tells how far a phase is, how fast it goes and how long it still takes', () => {
  let now = 10_000;
  const pace = createPace(() => now);
  const told: string[] = [];
  const show = (done: number, of: number | null, phase: 'walk' | 'held' = 'walk'): void => {
    const progress = { phase, done, of };
    pace.due(() => told.push(pace.line(progress)), progress);
  };
  show(200, 2_000);
  now += 999;
  show(300, 2_000); // less than a second later: not told
  now += 1_001;
  show(600, 2_000);
  now += 2_000;
  show(900, null);
  now += 2_000;
  show(5_000, 10_000, 'held'); // a phase of its own: nothing of it is done yet
  expect(told).toEqual([
    'comparing the indicators of OpenCTI: 200 of 2,000',
    'comparing the indicators of OpenCTI: 600 of 2,000, 200/s, 7 s left',
    'comparing the indicators of OpenCTI: 900, 175/s',
    'going over what XSOAR holds: 5,000 of 10,000',
  ]);
});

it('says what is waited for, and what holds it', () => {
  expect(waitingLine({ deliveries: 1_400, heldBy: null })).toBe(
    'waiting: 1,400 deliveries go first',
  );
  expect(waitingLine({ deliveries: 30, heldBy: 'more than 10 deletes within 1m' })).toMatch(
    /some are held: more than 10 deletes within 1m; "xsoar-intel resume"/,
  );
});
