/** How much flows: rates between looks at counters that only grow. */
import type { Counters } from '@xsoar-intel/pipeline';

/** One look. */
export interface Sample extends Counters {
  /** ms since 1970. */
  at: number;
}

/** Rates over the last seconds. */
export interface Flow {
  /** Deliveries asked for, a second: events that concern us, before bursts collapse. */
  inPerSecond: number | null;
  /** Deliveries that ended, a second. */
  outPerSecond: number | null;
  /** The latter for each look of the last minute, the newest last. */
  history: number[];
}

/** Rates over less would jump, rates over more would lag. */
const OVER_MS = 5_000;
/** Looks that the history shows. */
const HISTORY = 60;

/** Remembers looks and makes rates of them. */
export function createFlow(): { note(sample: Sample): Flow } {
  let samples: Sample[] = [];
  const history: number[] = [];
  return {
    note(sample) {
      const last = samples.at(-1);
      // Counters of a Redis that was emptied begin anew.
      if (last && (sample.wanted < last.wanted || (sample.finished ?? 0) < (last.finished ?? 0))) {
        samples = [];
      } else if (last) {
        const rate = perSecond(last, sample, ({ finished }) => finished);
        if (rate !== null) history.push(rate);
        if (history.length > HISTORY) history.shift();
      }
      // The oldest look kept lies just outside the window, so that rates cover all of it.
      const inside = samples.findIndex(({ at }) => at > sample.at - OVER_MS);
      samples = [
        ...(inside < 0 ? samples.slice(-1) : samples.slice(Math.max(inside - 1, 0))),
        sample,
      ];
      const first = samples[0] ?? sample;
      return {
        inPerSecond: perSecond(first, sample, ({ wanted }) => wanted),
        outPerSecond: perSecond(first, sample, ({ finished }) => finished),
        history: [...history],
      };
    },
  };
}

function perSecond(from: Sample, to: Sample, of: (sample: Sample) => number | null): number | null {
  const [before, after] = [of(from), of(to)];
  const ms = to.at - from.at;
  return before === null || after === null || ms <= 0 ? null : ((after - before) * 1_000) / ms;
}

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Rates as bars of eight heights. */
export function sparkline(rates: readonly number[]): string {
  const top = Math.max(...rates, 1);
  return rates
    .map((rate) => BARS[Math.min(Math.floor((rate / top) * BARS.length), BARS.length - 1)] ?? '')
    .join('');
}
