import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Says whether the event loop still turns: what liveness means. */
export interface EventLoopWatch {
  /** False while the loop stood still for longer than the limit within the last period. */
  turning(): boolean;
  stop(): void;
}

/** Watches the event loop. `limitMs`: a standstill that means the process is of no use. */
export function watchEventLoop(limitMs: number, periodMs = 10_000): EventLoopWatch {
  const histogram = monitorEventLoopDelay({ resolution: 50 });
  histogram.enable();
  let worst = 0;
  const timer = setInterval(() => {
    worst = histogram.max / 1e6;
    histogram.reset();
  }, periodMs);
  timer.unref();
  return {
    turning: () => Math.max(worst, histogram.max / 1e6) < limitMs,
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
