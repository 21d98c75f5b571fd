/**
 * How many deliveries at a time XSOAR takes well, found by trying: additive increase,
 * multiplicative decrease. No clock and no timer in here; who calls says what time it is.
 *
 *   climbing  ──a window of answers as quick as normal, the limit was used──▶ climbing (limit + 1)
 *   climbing  ──a window of slow answers──▶ climbing (limit × 0.6)
 *   climbing  ──the clock begins another half minute──▶ measuring
 *   measuring ──three seconds are over: what was seen is normal──▶ climbing
 *   any       ──429, 5xx, no answer in time──▶ the same (limit × 0.5), at once
 *
 * While measuring half of the limit is used, so that there is no queue. A normal time that
 * was learnt from all answers would take the queue that we make ourselves for normal, and
 * the limit would creep up for ever (simulated: to any cap, from a jitter of half the service
 * time on). All workers measure at the same time, by the time of day: if each did in its own
 * time, it would measure the queue of the others (simulated: four workers came to four times
 * of what the server can do). Clocks may be off by a second. From a limit that is too high to
 * be free of a queue even by half, each measurement comes nearer.
 *
 * After a fall nothing is looked at until what was under way has ended: it shows the load
 * from before. That time is counted by the clock and not by when a request began, since of
 * those that began after a fall the quick ones end first, and would make a normal time that
 * nobody can keep (simulated: with exponential times a quarter of what the server could do).
 * So one burst of refusals is one decrease.
 */

/** What a request's end says of the load. */
export type Verdict =
  /** XSOAR answered: its time counts. */
  | 'answered'
  /** XSOAR can take no more. */
  | 'overloaded'
  /** It says nothing of the load: cut off by us, refused for what it was. */
  | 'neither';

/** A request that ended. */
export interface Sample {
  /** Requests of one operation are compared with each other only. */
  operation: string;
  durationMs: number;
  verdict: Verdict;
  /** Deliveries under way at its end. */
  busy: number;
}

/** Finds the limit. */
export interface ConcurrencyControl {
  /** Deliveries at a time, a whole number from 1 to the cap. */
  readonly limit: number;
  /** Takes a request that ended at `nowMs`: ms since 1970, by a clock that does not jump. */
  take(sample: Sample, nowMs: number): void;
}

/** Answers are slow from this multiple of the normal time on… */
const SLOW = 1.4;
/** …and as quick as normal up to this one; between the two the limit stays. */
const QUICK = 1.25;
/** Our own event loop's delay at full load, in ms: where XSOAR is as quick as that, it is no queue. */
const OUR_OWN_MS = 3;
const AFTER_SLOW = 0.6;
const AFTER_OVERLOAD = 0.5;
const WHILE_MEASURING = 0.5;
const MEASURED_EVERY_MS = 30_000;
const MEASURED_FOR_MS = 3_000;
/** How far the normal time follows a measurement; the first one is taken as it is. */
const FOLLOW = 0.5;
/** Times the typical answer for which answers are not looked at after a fall. */
const SETTLING = 3;
/** Answers in a window: enough for a mean, and every place in the limit three times. */
const WINDOW_LEAST = 50;
/** Until the first fall: being quick matters more than being right. */
const FIRST_WINDOWS = 20;
const WINDOW_PER_PLACE = 3;
/** Answers of an operation without which its mean is not trusted. */
const TRUSTED = 8;

/** Mean of all but the slowest tenth: a pause of ours, a lost packet are no load. */
function typical(values: readonly number[]): number {
  const kept = values.toSorted((a, b) => a - b).slice(0, Math.ceil(values.length * 0.9));
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

/**
 * Makes a control that begins with one delivery at a time and never exceeds
 * `cap` (1 or more).
 */
export function createConcurrencyControl({ cap }: { cap: number }): ConcurrencyControl {
  let limit = 1;
  let measuring = false;
  let used = false;
  let count = 0;
  let fallen = false;
  let fellAtMs = Number.NEGATIVE_INFINITY;
  let settledAtMs = Number.NEGATIVE_INFINITY;
  let longestMs = 0;
  const times = new Map<string, number[]>();
  const normal = new Map<string, number>();

  const whole = (): number => Math.max(1, Math.round(measuring ? limit * WHILE_MEASURING : limit));

  function beginWindow(): void {
    used = false;
    count = 0;
    times.clear();
  }

  /** What is under way still shows the load from before; it may end first. */
  function settle(nowMs: number): void {
    fellAtMs = nowMs;
    settledAtMs = nowMs + Math.min(longestMs * SETTLING, MEASURED_FOR_MS / 2);
    beginWindow();
  }

  function fall(factor: number, nowMs: number): void {
    limit = Math.max(1, limit * factor);
    fallen = true;
    settle(nowMs);
  }

  /** What this window says of each operation. */
  function* typicalTimes(): Generator<[operation: string, ms: number, answers: number]> {
    for (const [operation, durations] of times) {
      if (durations.length < TRUSTED) continue;
      const ms = Math.max(typical(durations), 0.001);
      longestMs = Math.max(longestMs * 0.9, ms);
      yield [operation, ms, durations.length];
    }
  }

  function learn(): void {
    for (const [operation, ms] of typicalTimes()) {
      const before = normal.get(operation) ?? ms;
      normal.set(operation, before + (ms - before) * FOLLOW);
    }
  }

  /** How much slower than normal this window was. */
  function slowness(): number {
    let sum = 0;
    let weight = 0;
    for (const [operation, ms, answers] of typicalTimes()) {
      const usual = normal.get(operation);
      // Never measured: what is new is taken as it comes.
      if (usual === undefined) normal.set(operation, ms);
      sum += Math.max((ms - OUR_OWN_MS) / (usual ?? ms), 0) * answers;
      weight += answers;
    }
    return weight === 0 ? Number.NaN : sum / weight;
  }

  function judge(nowMs: number): void {
    const slower = slowness();
    if (slower >= SLOW) {
      fall(AFTER_SLOW, nowMs);
      return;
    }
    // A limit that nobody came near was not tried: a quiet hour proves nothing.
    if (used && slower <= QUICK) limit = Math.min(cap, limit + 1);
    beginWindow();
  }

  function keepTime(nowMs: number): void {
    const due = nowMs % MEASURED_EVERY_MS < MEASURED_FOR_MS;
    if (due === measuring) return;
    if (measuring) {
      learn();
      beginWindow();
    } else settle(nowMs);
    measuring = due;
  }

  return {
    get limit() {
      return whole();
    },
    take({ operation, durationMs, verdict, busy }, nowMs) {
      keepTime(nowMs);
      if (verdict === 'neither') return;
      if (verdict === 'overloaded') {
        if (nowMs - durationMs >= fellAtMs) fall(AFTER_OVERLOAD, nowMs);
        return;
      }
      if (nowMs < settledAtMs) return;
      const durations = times.get(operation) ?? [];
      durations.push(durationMs);
      times.set(operation, durations);
      used ||= busy >= whole();
      count += 1;
      const least = fallen ? WINDOW_LEAST : FIRST_WINDOWS;
      if (!measuring && count >= Math.max(least, WINDOW_PER_PLACE * whole())) judge(nowMs);
    },
  };
}
