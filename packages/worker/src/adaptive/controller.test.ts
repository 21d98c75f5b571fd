import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ConcurrencyControl,
  createConcurrencyControl,
  type Sample,
  type Verdict,
} from './controller.ts';
import { type SimulatedServer, simulate } from './simulated-server.ts';

const HOUR = 3_600_000;
/** A time of day at which nobody measures, for some seconds. */
const CLIMBING_MS = 5_000;

/** A seeded generator of numbers from 0 to 1 (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Service times around a mean: all the same, up to half of it off, or memoryless. */
const shapes = {
  fixed: (mean: number) => () => mean,
  even: (mean: number, random: () => number) => () => mean * (0.5 + random()),
  memoryless: (mean: number, random: () => number) => () => -mean * Math.log(1 - random()),
};

function serverOf(
  places: number,
  { meanMs = 50, shape = 'fixed' as keyof typeof shapes, seed = 1 } = {},
): SimulatedServer {
  return { places: () => places, serviceMs: shapes[shape](meanMs, randomOf(seed)) };
}

const answer = (durationMs: number, of: Partial<Sample> = {}): Sample => ({
  operation: 'create',
  durationMs,
  verdict: 'answered',
  busy: 1_000,
  ...of,
});

/** Gives a control so many ends of requests, one each ms; returns the time after. */
function give(
  control: ReturnType<typeof createConcurrencyControl>,
  fromMs: number,
  count: number,
  sample: Sample,
): number {
  for (let at = 1; at <= count; at += 1) control.take(sample, fromMs + at);
  return fromMs + count;
}

describe('a control of concurrency', () => {
  it('finds the places of any server within a band, and leaves it little idle', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 40, max: 400 }),
        fc.constantFrom<keyof typeof shapes>('fixed', 'even', 'memoryless'),
        fc.integer(),
        (places, meanMs, shape, seed) => {
          const control = createConcurrencyControl({ cap: 200 });
          const run = simulate(serverOf(places, { meanMs, shape, seed }), [control], {
            settledMs: meanMs * 3_000,
            untilMs: meanMs * 8_000,
          });
          const possible = (places * 1_000) / meanMs;
          // One more than the places must be tried, or nobody knew: with one place that is double.
          expect(run.meanLimit).toBeGreaterThan(places * 0.8);
          expect(run.meanLimit).toBeLessThan(places * 1.5 + 0.5);
          expect(run.mostLimit).toBeLessThanOrEqual(Math.ceil(places * 1.7) + 2);
          expect(run.perSecond).toBeGreaterThan(possible * 0.8);
        },
      ),
      { numRuns: 20, seed: 8 },
    );
  });

  it('comes to that band with other workers beside it, whose clocks are off by up to a second', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 12, max: 80 }),
        fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 2, maxLength: 6 }),
        fc.constantFrom<keyof typeof shapes>('fixed', 'even', 'memoryless'),
        fc.integer(),
        (places, offsets, shape, seed) => {
          const controls = offsets.map((offsetMs): ConcurrencyControl => {
            const control = createConcurrencyControl({ cap: 200 });
            return {
              get limit() {
                return control.limit;
              },
              take: (sample, nowMs) => control.take(sample, nowMs + offsetMs),
            };
          });
          const server = serverOf(places, { meanMs: 100, shape, seed });
          const run = simulate(server, controls, { settledMs: 300_000, untilMs: 900_000 });
          expect(run.meanLimit).toBeGreaterThan(places * 0.8);
          expect(run.meanLimit).toBeLessThan(places * 1.6 + 1);
          expect(run.perSecond).toBeGreaterThan(places * 10 * 0.8);
        },
      ),
      { numRuns: 8, seed: 8 },
    );
  });

  it('goes to the cap, and no further, where the server takes everything', () => {
    const control = createConcurrencyControl({ cap: 24 });
    const run = simulate(serverOf(1_000), [control], { settledMs: 60_000, untilMs: HOUR / 6 });
    expect(run.mostLimit).toBe(24);
    // Half of it for three seconds of each half minute.
    expect(run.meanLimit).toBeGreaterThan(24 * 0.9);
    expect(createConcurrencyControl({ cap: 1 }).limit).toBe(1);
  });

  it('keeps near a rate at which the server begins to refuse', () => {
    const control = createConcurrencyControl({ cap: 200 });
    // 400 a second of 50 ms each are 20 at a time.
    const server = { ...serverOf(1_000), ratePerSecond: 400 };
    const run = simulate(server, [control], { settledMs: 60_000, untilMs: HOUR / 6 });
    expect(run.meanLimit).toBeGreaterThan(12);
    expect(run.meanLimit).toBeLessThan(26);
    expect(run.perSecond).toBeGreaterThan(400 * 0.7);
    expect(run.refused / (run.perSecond * 540)).toBeLessThan(0.02);
  });

  it('keeps below the line of a server that turns away whom it cannot seat', () => {
    const control = createConcurrencyControl({ cap: 200 });
    const server = { ...serverOf(16), line: 2 };
    const run = simulate(server, [control], { settledMs: 60_000, untilMs: HOUR / 6 });
    expect(run.meanLimit).toBeGreaterThan(16 * 0.65);
    expect(run.meanLimit).toBeLessThan(19);
    expect(run.perSecond).toBeGreaterThan(320 * 0.7);
  });

  it.each<[string, (nowMs: number) => number, (nowMs: number) => number]>([
    ['that lost most of its places', (nowMs) => (nowMs < 120_000 ? 40 : 8), () => 50],
    ['that was given more', (nowMs) => (nowMs < 120_000 ? 2 : 8), () => 50],
    ['that became slower for good', () => 8, (nowMs) => (nowMs < 120_000 ? 50 : 200)],
  ])('finds anew a server %s', (_what, places, serviceMs) => {
    const control = createConcurrencyControl({ cap: 100 });
    const run = simulate({ places, serviceMs }, [control], {
      settledMs: 600_000,
      untilMs: HOUR / 3,
    });
    expect(run.meanLimit).toBeGreaterThan(8 * 0.8);
    expect(run.meanLimit).toBeLessThan(8 * 1.5);
  });

  it('does not climb in a quiet hour, in which nothing is tried', () => {
    const control = createConcurrencyControl({ cap: 100 });
    const run = simulate(serverOf(1_000), [control], {
      settledMs: 60_000,
      untilMs: HOUR / 6,
      wanted: 3,
    });
    expect(run.mostLimit).toBeLessThanOrEqual(4);
  });

  it('falls once for a burst of refusals, however many were under way', () => {
    const control = createConcurrencyControl({ cap: 100 });
    let now = CLIMBING_MS;
    while (control.limit < 16) now = give(control, now, 50, answer(50));
    give(control, now, 16, answer(40, { verdict: 'overloaded' }));
    expect(control.limit).toBe(8);
    // A refusal of what was sent after the fall is another matter.
    control.take(answer(10, { verdict: 'overloaded' }), now + 200);
    expect(control.limit).toBe(4);
  });

  it('takes no notice of what says nothing of the load', () => {
    const control = createConcurrencyControl({ cap: 100 });
    let now = CLIMBING_MS;
    while (control.limit < 16) now = give(control, now, 50, answer(50));
    const { limit } = control;
    give(control, now, 1_000, answer(5_000, { verdict: 'neither' }));
    expect(control.limit).toBe(limit);
  });

  it('compares each operation with itself: another mix is no slowness', () => {
    const control = createConcurrencyControl({ cap: 100 });
    let now = CLIMBING_MS;
    for (let turn = 0; turn < 40; turn += 1) {
      now = give(control, now, 30, answer(20));
      now = give(control, now, 30, answer(400, { operation: 'search' }));
    }
    const { limit } = control;
    expect(limit).toBeGreaterThan(10);
    now = give(control, now, 60, answer(400, { operation: 'search' }));
    now = give(control, now, 60, answer(400, { operation: 'search' }));
    expect(control.limit).toBeGreaterThanOrEqual(limit / 2);
  });

  it('stays from one to the cap whatever it is told', () => {
    const verdict = fc.constantFrom<Verdict>('answered', 'overloaded', 'neither');
    const sample = fc.record({
      operation: fc.constantFrom('create', 'edit', 'search'),
      durationMs: fc.oneof(fc.integer({ min: 0, max: 60_000 }), fc.double({ min: 0, max: 1e9 })),
      verdict,
      busy: fc.nat(1_000),
      repeat: fc.nat(200),
      waitMs: fc.nat(10_000),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.array(sample), (cap, samples) => {
        const control = createConcurrencyControl({ cap });
        let now = CLIMBING_MS;
        for (const { repeat, waitMs, ...one } of samples) {
          for (let at = 0; at <= repeat; at += 1) {
            now += waitMs / (repeat + 1);
            control.take(Number.isFinite(one.durationMs) ? one : answer(1), now);
            expect(Number.isInteger(control.limit)).toBe(true);
            expect(control.limit).toBeGreaterThanOrEqual(1);
            expect(control.limit).toBeLessThanOrEqual(cap);
          }
        }
      }),
    );
  });
});
