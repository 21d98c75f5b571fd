import type { StreamMessage, StreamState, StreamStateChange } from '@xsoar-intel/opencti';
import { type Counter, type Gauge, METRIC_PREFIX, type Metrics } from '@xsoar-intel/runtime';

/** What an ingest counts. */
export interface IngestMetrics {
  message(message: StreamMessage, outcome: string): void;
  state(change: StreamStateChange): void;
  readonly fenced: Counter;
  readonly gaps: Counter;
  readonly backpressure: Gauge;
  readonly leading: Gauge;
  readonly cursorAt: Gauge;
}

const STATES: readonly StreamState[] = [
  'connecting',
  'live',
  'waiting',
  'unauthorized',
  'stopped',
  'closed',
];

/** Declares the metrics of an ingest; `name` is the connector's, for the old gauge. */
export function createIngestMetrics(metrics: Metrics, name: string): IngestMetrics {
  const events = metrics.counter({
    name: `${METRIC_PREFIX}events_total`,
    help: 'Stream events by name and by what became of them.',
    labelNames: ['type', 'outcome'],
  });
  const rejected = metrics.counter({
    name: `${METRIC_PREFIX}events_rejected_total`,
    help: 'Stream events that were set aside, by reason.',
    labelNames: ['reason'],
    labelValues: { reason: ['bad-json', 'no-data', 'bad-id', 'too-large', 'wrong-shape'] },
  });
  const lag = metrics.gauge({
    name: `${METRIC_PREFIX}stream_lag_seconds`,
    help: 'Age of the newest event that was written, when it was written.',
  });
  const lastEvent = metrics.gauge({
    name: `${METRIC_PREFIX}stream_last_event_timestamp_seconds`,
    help: 'Time of the newest event that was written.',
  });
  const state = metrics.gauge({
    name: `${METRIC_PREFIX}stream_state`,
    help: '1 for the state that the stream is in.',
    labelNames: ['state'],
  });
  const connected = metrics.gauge({
    name: `${METRIC_PREFIX}stream_connected`,
    help: '1 while the live stream is being read.',
  });
  const reconnects = metrics.counter({
    name: `${METRIC_PREFIX}stream_failures_total`,
    help: 'Lost or refused connections to the live stream.',
  });
  const current = metrics.gauge({
    name: 'current_state',
    help: 'Time (ms since 1970) of the last event that was handled, as the Python connector told it.',
    labelNames: ['name'],
  });

  return {
    message(message, outcome) {
      if (message.kind === 'rejected') {
        rejected.inc({ reason: message.reason });
        events.inc({ type: 'unreadable', outcome: 'rejected' });
      } else if (message.kind === 'entity') {
        events.inc({ type: message.name, outcome });
        const seconds = message.id.ms / 1_000;
        lastEvent.set(seconds);
        current.set({ name }, message.id.ms);
        lag.set(Math.max(Date.now() / 1_000 - seconds, 0));
      } else {
        events.inc({ type: message.kind, outcome: 'no-state' });
      }
    },
    state(change) {
      for (const known of STATES) state.set({ state: known }, known === change.state ? 1 : 0);
      connected.set(change.state === 'live' ? 1 : 0);
      if (change.retryInMs !== undefined) reconnects.inc();
    },
    fenced: metrics.counter({
      name: `${METRIC_PREFIX}cursor_fenced_total`,
      help: 'Times that Redis held another cursor than this ingest wrote last.',
    }),
    gaps: metrics.counter({
      name: `${METRIC_PREFIX}stream_gaps_total`,
      help: 'Times that OpenCTI no longer had the events after the cursor.',
    }),
    backpressure: metrics.gauge({
      name: `${METRIC_PREFIX}backpressure`,
      help: '1 while the stream is not read because too much is undelivered.',
    }),
    leading: metrics.gauge({
      name: `${METRIC_PREFIX}ingest_active`,
      help: '1 in the ingest that reads the stream, 0 in those that stand by.',
    }),
    cursorAt: metrics.gauge({
      name: `${METRIC_PREFIX}cursor_timestamp_seconds`,
      help: 'Time of the cursor: everything before it is in slots and jobs.',
    }),
  };
}
