import { parseEventId } from '@xsoar-intel/opencti';
import {
  DEAD_REASONS,
  DROP_REASONS,
  type DropReason,
  FILTER_REASONS,
  HOLD_KINDS,
  type Hold,
  OBSERVABLE_TYPES,
  SKIP_REASONS,
} from '@xsoar-intel/pipeline';
import { METRIC_PREFIX, type Metrics } from '@xsoar-intel/runtime';
import type { RequestInfo } from '@xsoar-intel/xsoar';
import type { DeliveryResult } from './deliver.ts';
import { isClosed } from './hold-watch.ts';
import type { LeaseEvents } from './watch-slots.ts';

/** What a worker counts. */
export interface WorkerMetrics {
  /** `queuedAt`: when the job was added, ms since 1970. */
  result(result: DeliveryResult, seconds: number, queuedAt: number): void;
  request(info: Pick<RequestInfo, 'operation' | 'status' | 'durationMs' | 'error'>): void;
  dead(reason: string): void;
  /** A delivery goes without its author's name. */
  nameless(): void;
  /** Notes of what became of entities had to go before OpenCTI was told. */
  reportsDropped(count: number): void;
  holds(holds: readonly Hold[]): void;
  swept(revived: number): void;
  /** The largest share of a bound of dead letters that is used; null: this worker does not measure. */
  trimmed(share: number | null, dropped: readonly { reason: DropReason }[]): void;
  /** How many deliveries at a time this worker allows itself from now on. */
  limit(count: number): void;
  readonly leases: LeaseEvents;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const LONG_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600];

const OPERATIONS = ['create', 'edit', 'delete', 'search', 'probe'];
const STATUS_CLASSES = ['2xx', '3xx', '4xx', '429', '5xx', 'none'];

/** Refusals because of the rate are told apart: they ask for patience, not for a repair. */
function statusClass(status: number | null): string {
  if (status === null) return 'none';
  return status === 429 ? '429' : `${Math.floor(status / 100)}xx`;
}

/** Declares the metrics of a worker; `name` is the connector's, for the old counter. */
export function createWorkerMetrics(metrics: Metrics, name: string): WorkerMetrics {
  const deliveries = metrics.counter({
    name: `${METRIC_PREFIX}deliveries_total`,
    help: 'Deliveries by operation and outcome; operation none: it ended before there was one.',
    labelNames: ['operation', 'outcome'],
    labelValues: {
      operation: ['upsert', 'delete', 'none'],
      outcome: [
        ...['delivered', 'skipped', 'retry', 'hold', 'dead'],
        ...['superseded', 'debounced', 'busy', 'held', 'delete-held', 'lost'],
      ],
    },
  });
  const actions = metrics.counter({
    name: `${METRIC_PREFIX}indicator_actions_total`,
    help: 'What was done to single XSOAR indicators.',
    labelNames: ['action'],
    labelValues: {
      action: [
        'created',
        'edited',
        'unchanged',
        'excluded',
        'deleted',
        'absent',
        'expired',
        'tagged',
        'left',
      ],
    },
  });
  const skipped = metrics.counter({
    name: `${METRIC_PREFIX}skipped_total`,
    help: 'Deliveries of entities of which something is not pushed, by reason.',
    labelNames: ['reason'],
    labelValues: { reason: [...SKIP_REASONS, ...FILTER_REASONS] },
  });
  const unsupported = metrics.counter({
    name: `${METRIC_PREFIX}unsupported_observables_total`,
    help: 'Deliveries of entities whose observable has no type in XSOAR, by observable.',
    labelNames: ['observable'],
    labelValues: { observable: OBSERVABLE_TYPES },
  });
  const duration = metrics.histogram({
    name: `${METRIC_PREFIX}delivery_duration_seconds`,
    help: 'Time from taking a job to settling its entity.',
    buckets: SECONDS,
  });
  const wait = metrics.histogram({
    name: `${METRIC_PREFIX}delivery_wait_seconds`,
    help: 'Time from adding a job to settling its entity.',
    buckets: LONG_SECONDS,
  });
  const endToEnd = metrics.histogram({
    name: `${METRIC_PREFIX}end_to_end_seconds`,
    help: 'Time from the event in OpenCTI, by its id, to settling its state; not of states that are pushed again. After a catch-up it tells how old the states were.',
    buckets: [...LONG_SECONDS, 21_600, 86_400],
  });
  const responses = metrics.counter({
    name: `${METRIC_PREFIX}http_responses_total`,
    help: 'Answers of XSOAR by operation and class of status; 429 is a class of its own, none: no answer.',
    labelNames: ['operation', 'status_class'],
    labelValues: { operation: OPERATIONS, status_class: STATUS_CLASSES },
  });
  const requestSeconds = metrics.histogram({
    name: `${METRIC_PREFIX}http_duration_seconds`,
    help: 'Time of requests to XSOAR.',
    labelNames: ['operation'],
    labelValues: { operation: OPERATIONS },
    buckets: SECONDS,
  });
  const nameless = metrics.counter({
    name: `${METRIC_PREFIX}deliveries_without_author_total`,
    help: "Deliveries that went without their author's name, since it was not known yet.",
  });
  const reportsDropped = metrics.counter({
    name: `${METRIC_PREFIX}deployment_reports_dropped_total`,
    help: 'Reports of what became of indicators that were dropped, since too many waited for OpenCTI.',
  });
  const deadLetters = metrics.counter({
    name: `${METRIC_PREFIX}dead_letters_total`,
    help: 'Entities that became dead letters, by reason.',
    labelNames: ['reason'],
    labelValues: { reason: DEAD_REASONS },
  });
  const boundShare = metrics.gauge({
    name: `${METRIC_PREFIX}dead_letters_bound_ratio`,
    help: 'Share of the bounds of dead letters that is used, by count or by bytes; above 1 the oldest are dropped. Served by the worker that sweeps.',
  });
  boundShare.clear();
  const dropped = metrics.counter({
    name: `${METRIC_PREFIX}dead_letters_dropped_total`,
    help: 'Dead letters that were dropped, by the bound that was exceeded.',
    labelNames: ['reason'],
    labelValues: { reason: DROP_REASONS },
  });
  const held = metrics.gauge({
    name: `${METRIC_PREFIX}held`,
    help: '1 while this worker takes no jobs for this reason, or no deletes (delete-storm); 0 while it may probe.',
    labelNames: ['reason'],
    labelValues: { reason: HOLD_KINDS },
  });
  const limit = metrics.gauge({
    name: `${METRIC_PREFIX}concurrency_limit`,
    help: 'Deliveries at a time that this worker allows itself: CONNECTOR_CONSUMER_COUNT, or with XSOAR_CONCURRENCY=adaptive what XSOAR takes well.',
  });
  const revived = metrics.counter({
    name: `${METRIC_PREFIX}sweeper_revived_total`,
    help: 'States without a job that the sweeper gave one.',
  });
  const sweeps = metrics.counter({
    name: `${METRIC_PREFIX}sweeps_total`,
    help: 'Times that this worker looked for states without a job.',
  });
  const takeOvers = metrics.counter({
    name: `${METRIC_PREFIX}lease_takeovers_total`,
    help: 'Leases taken over from a worker that did not end its push in time.',
  });
  const provisional = metrics.counter({
    name: `${METRIC_PREFIX}provisional_settles_total`,
    help: 'States that are pushed once more later, since a late request may undo them.',
  });
  const processed = metrics.counter({
    name: 'processed_messages_total',
    help: 'Messages delivered, as the Python connector counted them (but only what was delivered).',
    labelNames: ['name', 'action'],
    labelValues: { action: ['create', 'update', 'delete'] },
  });

  return {
    result(result, seconds, queuedAt) {
      if (result.kind === 'delivered') {
        const { operation } = result;
        const skippedWhole = result.actions.length === 0 && result.skip !== null;
        deliveries.inc({ operation, outcome: skippedWhole ? 'skipped' : 'delivered' });
        if (result.skip !== null) skipped.inc({ reason: result.skip.reason });
        if (result.skip?.reason === 'unsupported-observable') {
          unsupported.inc({ observable: result.skip.observableType ?? 'other' });
        }
        for (const action of result.actions) {
          actions.inc({ action });
          const old = { created: 'create', edited: 'update', deleted: 'delete' }[action];
          if (old !== undefined) processed.inc({ name, action: old });
        }
        duration.observe(seconds);
        wait.observe(Math.max(Date.now() - queuedAt, 0) / 1_000);
        const event = parseEventId(result.version);
        // A state that is pushed again reached XSOAR before: its age says nothing of our pace.
        if (event !== null && (!result.forced || result.provisional)) {
          endToEnd.observe(Math.max(Date.now() - event.ms, 0) / 1_000);
        }
      } else if (result.kind === 'failed') {
        deliveries.inc({ operation: result.operation, outcome: result.outcome.kind });
        duration.observe(seconds);
      } else {
        deliveries.inc({ operation: 'none', outcome: result.kind });
      }
    },
    request({ operation, status, durationMs }) {
      responses.inc({ operation, status_class: statusClass(status) });
      requestSeconds.observe({ operation }, durationMs / 1_000);
    },
    dead: (reason) => deadLetters.inc({ reason }),
    nameless: () => nameless.inc(),
    reportsDropped: (count) => reportsDropped.inc(count),
    holds(holds) {
      for (const kind of HOLD_KINDS) {
        const closed = holds.some((hold) => hold.kind === kind && isClosed(hold, Date.now()));
        held.set({ reason: kind }, closed ? 1 : 0);
      }
    },
    swept(count) {
      sweeps.inc();
      revived.inc(count);
    },
    trimmed(share, gone) {
      if (share === null) boundShare.clear();
      else boundShare.set(share);
      for (const { reason } of gone) dropped.inc({ reason });
    },
    limit: (count) => limit.set(count),
    leases: { tookOver: () => takeOvers.inc(), provisional: () => provisional.inc() },
  };
}
