import { monitorEventLoopDelay } from 'node:perf_hooks';
import { METRIC_PREFIX, type Metrics } from './metrics.ts';

/** Says whether the event loop still turns: what liveness means. */
export interface EventLoopWatch {
  /** False while the loop stood still for longer than the limit within the last period. */
  turning(): boolean;
  /** The longest standstill within the last period, in ms. */
  worstMs(): number;
  stop(): void;
}

/** How often the loop is looked at, in ms; a delay includes it. */
const RESOLUTION_MS = 20;

/**
 * Watches the event loop. A loop that stands still for ever answers no probe at all; this is for
 * one that stands still again and again.
 * @param limitMs a standstill that means the process is of no use
 */
export function watchEventLoop(
  limitMs: number,
  { periodMs = 10_000, metrics }: { periodMs?: number; metrics?: Metrics } = {},
): EventLoopWatch {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const currentMs = (): number => Math.max(histogram.max / 1e6 - RESOLUTION_MS, 0);
  let last = 0;
  const turnOver = (): void => {
    last = currentMs();
    histogram.reset();
  };
  // After a standstill many timers are due at once, ours perhaps before that of the histogram,
  // which would then never have seen it: an immediate comes after all of them.
  const timer = setInterval(() => setImmediate(turnOver), periodMs);
  timer.unref();
  const worstMs = (): number => Math.max(last, currentMs());
  metrics?.gauge({
    name: `${METRIC_PREFIX}event_loop_standstill_seconds`,
    help: 'Longest standstill of the event loop within the last ten to twenty seconds.',
    collect() {
      this.set(worstMs() / 1_000);
    },
  });
  return {
    turning: () => worstMs() < limitMs,
    worstMs,
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
