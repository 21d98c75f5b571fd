import type { StreamMessage } from '@xsoar-intel/opencti';
import { type CatchUpProgress, type ShownStreamState, STREAM_STATES } from '@xsoar-intel/pipeline';
import { type Counter, type Gauge, METRIC_PREFIX, type Metrics } from '@xsoar-intel/runtime';
import { LOOKUP_OUTCOMES, type LookupOutcome } from './author-lookup.ts';
import { createCatchUpGauges } from './catch-up-gauges.ts';
import { createDeploymentGauges, type DeploymentGauges } from './deployment-gauges.ts';
import { createQueueGauges, type QueueGauges } from './queue-gauges.ts';
import { createReconcileGauges, type ReconcileGauges } from './reconcile-gauges.ts';
import { createStreamGauges, type StreamGauges } from './stream-gauges.ts';

/** What an ingest counts. */
export interface IngestMetrics {
  message(message: StreamMessage, outcome: string): void;
  state(shown: ShownStreamState): void;
  /** Null when none is under way. */
  catchUp(progress: CatchUpProgress | null): void;
  /** A name of an author was asked for. */
  lookup(outcome: LookupOutcome, count: number): void;
  /** Entities are delivered once more, since the name is known now. */
  readonly completed: Counter;
  readonly failures: Counter;
  readonly resets: Counter;
  readonly fenced: Counter;
  readonly gaps: Counter;
  readonly backpressure: Gauge;
  readonly leading: Gauge;
  /** Null: this ingest stands by, and gives OpenCTI no sign of life. */
  heard(heard: boolean | null): void;
  readonly stream: StreamGauges;
  readonly queue: QueueGauges;
  readonly deployments: DeploymentGauges;
  readonly reconcile: ReconcileGauges;
}

const EVENT_LABELS = {
  type: [
    ...['create', 'update', 'delete', 'merge', 'unreadable'],
    ...['connected', 'heartbeat', 'ignored', 'no-recover'],
  ],
  outcome: [
    ...['queued', 'not-indicator', 'dependency', 'deletes-off', 'event-type'],
    ...['rejected', 'no-state'],
  ],
};

/** Declares the metrics of an ingest; `name` is the connector's, for the old gauge. */
export function createIngestMetrics(metrics: Metrics, name: string): IngestMetrics {
  const events = metrics.counter({
    name: `${METRIC_PREFIX}events_total`,
    help: 'Messages of the stream by kind and by what became of them; no-state: they tell no state of an object.',
    labelNames: ['type', 'outcome'],
    labelValues: EVENT_LABELS,
  });
  const rejected = metrics.counter({
    name: `${METRIC_PREFIX}events_rejected_total`,
    help: 'Stream events that were set aside, by reason.',
    labelNames: ['reason'],
    labelValues: { reason: ['bad-json', 'no-data', 'bad-id', 'too-large', 'wrong-shape'] },
  });
  const state = metrics.gauge({
    name: `${METRIC_PREFIX}stream_state`,
    help: '1 for the state that the stream is in.',
    labelNames: ['state'],
    labelValues: { state: STREAM_STATES },
  });
  const connected = metrics.gauge({
    name: `${METRIC_PREFIX}stream_connected`,
    help: '1 while the live stream is being read.',
  });
  const lookups = metrics.counter({
    name: `${METRIC_PREFIX}author_lookups_total`,
    help: 'Names of authors that OpenCTI was asked for, by its answer.',
    labelNames: ['outcome'],
    labelValues: { outcome: LOOKUP_OUTCOMES },
  });
  const alive = metrics.gauge({
    name: `${METRIC_PREFIX}connector_alive`,
    help: '1 while OpenCTI takes the signs of life of this connector, 0 while it does not: it shows the connector as dead then. Not served by an ingest that stands by.',
  });
  alive.clear();
  const stream = createStreamGauges(metrics, name, Date.now);

  return {
    message(message, outcome) {
      if (message.kind === 'rejected') {
        rejected.inc({ reason: message.reason });
        events.inc({ type: 'unreadable', outcome: 'rejected' });
      } else if (message.kind === 'entity') {
        events.inc({ type: message.name, outcome });
        stream.event(message.id.ms);
      } else {
        events.inc({ type: message.kind, outcome: 'no-state' });
      }
      if (message.kind !== 'connected') {
        if (message.id !== null) stream.position(message.id.ms);
      } else if (message.firstEventId !== null) {
        stream.oldest(message.firstEventId.ms);
      }
    },
    state(shown) {
      for (const known of STREAM_STATES) state.set({ state: known }, known === shown ? 1 : 0);
      connected.set(shown === 'live' || shown === 'catching-up' ? 1 : 0);
    },
    catchUp: createCatchUpGauges(metrics),
    heard(heard) {
      if (heard === null) alive.clear();
      else alive.set(heard ? 1 : 0);
    },
    lookup: (outcome, count) => lookups.inc({ outcome }, count),
    completed: metrics.counter({
      name: `${METRIC_PREFIX}author_refreshes_total`,
      help: "Entities that are delivered once more, since their author's name is known now.",
    }),
    failures: metrics.counter({
      name: `${METRIC_PREFIX}stream_failures_total`,
      help: 'Lost or refused connections to the live stream.',
    }),
    resets: metrics.counter({
      name: `${METRIC_PREFIX}state_resets_total`,
      help: 'Times that the state of the connector was reset in OpenCTI.',
    }),
    stream,
    queue: createQueueGauges(metrics),
    deployments: createDeploymentGauges(metrics),
    reconcile: createReconcileGauges(metrics),
    fenced: metrics.counter({
      name: `${METRIC_PREFIX}cursor_fenced_total`,
      help: 'Times that Redis held another cursor than this ingest wrote last.',
    }),
    gaps: metrics.counter({
      name: `${METRIC_PREFIX}stream_gaps_total`,
      help: 'Times that the stream of OpenCTI no longer had what comes after the cursor.',
    }),
    backpressure: metrics.gauge({
      name: `${METRIC_PREFIX}backpressure`,
      help: '1 while the stream is not read because too much is undelivered.',
    }),
    leading: metrics.gauge({
      name: `${METRIC_PREFIX}ingest_active`,
      help: '1 in the ingest that reads the stream, 0 in those that stand by.',
    }),
  };
}
