/**
 * Gauges of the place in the stream; an ingest that stands by has none and serves none.
 *
 *   silent ──from──▶ served ──clear──▶ silent (what is still told by writes under way is dropped)
 */
import { type Gauge, METRIC_PREFIX, type Metrics } from '@xsoar-intel/runtime';

/** Where the ingest is in the stream. Times in ms since 1970. */
export interface StreamGauges {
  /** The stream is read from here on; null: nothing was ever read. */
  from(cursorMs: number | null): void;
  /** A message with this id was written, be it only a heartbeat. */
  position(ms: number): void;
  /** An event with this id was written. */
  event(ms: number): void;
  cursor(ms: number): void;
  /** The oldest event that OpenCTI still has. */
  oldest(ms: number): void;
  /** Nothing is read any more. */
  clear(): void;
}

/** Declares the gauges; `name` is the connector's, for the old gauge. `now`: ms since 1970. */
export function createStreamGauges(
  metrics: Metrics,
  name: string,
  now: () => number,
): StreamGauges {
  let served = false;
  let positionMs: number | null = null;
  const lag: Gauge = metrics.gauge({
    name: `${METRIC_PREFIX}stream_lag_seconds`,
    help: 'Age of the place in the stream up to which all is written, at the time of the scrape. Heartbeats of a platform that is up to date move the place, those of one that stands still do not.',
    collect: () => {
      if (positionMs === null) lag.clear();
      // A platform whose clock is ahead is not behind.
      else lag.set(Math.max(now() - positionMs, 0) / 1_000);
    },
  });
  const lastEvent = metrics.gauge({
    name: `${METRIC_PREFIX}stream_last_event_timestamp_seconds`,
    help: 'Time of the newest event that was written.',
  });
  const cursor = metrics.gauge({
    name: `${METRIC_PREFIX}cursor_timestamp_seconds`,
    help: 'Time of the cursor: everything before it is in slots and jobs.',
  });
  const oldest = metrics.gauge({
    name: `${METRIC_PREFIX}stream_oldest_event_timestamp_seconds`,
    help: 'Time of the oldest event that OpenCTI still has, as it told last.',
  });
  const current = metrics.gauge({
    name: 'current_state',
    help: 'Time (ms since 1970) of the last event that was handled, as the Python connector told it.',
    labelNames: ['name'],
  });

  const clear = (): void => {
    served = false;
    positionMs = null;
    for (const gauge of [lag, lastEvent, cursor, oldest]) gauge.clear();
  };
  clear();

  return {
    from(cursorMs) {
      served = true;
      positionMs = cursorMs;
      if (cursorMs === null) cursor.clear();
      else cursor.set(cursorMs / 1_000);
    },
    position(ms) {
      // `0-0` is where a stream begins that was never read, not a moment.
      if (served && ms > 0) positionMs = ms;
    },
    event(ms) {
      if (!served) return;
      lastEvent.set(ms / 1_000);
      current.set({ name }, ms);
    },
    cursor(ms) {
      if (served) cursor.set(ms / 1_000);
    },
    oldest(ms) {
      if (served) oldest.set(ms / 1_000);
    },
    clear,
  };
}
