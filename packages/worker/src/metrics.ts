import {
  DEAD_REASONS,
  FILTER_REASONS,
  HOLD_KINDS,
  type Hold,
  SKIP_REASONS,
} from '@xsoar-intel/pipeline';
import { METRIC_PREFIX, type Metrics } from '@xsoar-intel/runtime';
import type { RequestInfo } from '@xsoar-intel/xsoar';
import type { DeliveryResult } from './deliver.ts';
import { isClosed } from './hold-watch.ts';

/** What a worker counts. */
export interface WorkerMetrics {
  /** `queuedAt`: when the job was added, ms since 1970. */
  result(result: DeliveryResult, seconds: number, queuedAt: number): void;
  request(info: RequestInfo): void;
  dead(reason: string): void;
  holds(holds: readonly Hold[]): void;
  swept(revived: number): void;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const LONG_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600];

/** Declares the metrics of a worker; `name` is the connector's, for the old counter. */
export function createWorkerMetrics(metrics: Metrics, name: string): WorkerMetrics {
  const deliveries = metrics.counter({
    name: `${METRIC_PREFIX}deliveries_total`,
    help: 'Deliveries by operation and outcome.',
    labelNames: ['operation', 'outcome'],
  });
  const actions = metrics.counter({
    name: `${METRIC_PREFIX}indicator_actions_total`,
    help: 'What was done to single XSOAR indicators.',
    labelNames: ['action'],
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
  });
  const duration = metrics.histogram({
    name: `${METRIC_PREFIX}delivery_duration_seconds`,
    help: 'Time from taking a job to settling its entity.',
    buckets: SECONDS,
  });
  const endToEnd = metrics.histogram({
    name: `${METRIC_PREFIX}delivery_wait_seconds`,
    help: 'Time from adding a job to settling its entity.',
    buckets: LONG_SECONDS,
  });
  const responses = metrics.counter({
    name: `${METRIC_PREFIX}http_responses_total`,
    help: 'Answers of XSOAR by operation and class of status.',
    labelNames: ['operation', 'status_class'],
  });
  const requestSeconds = metrics.histogram({
    name: `${METRIC_PREFIX}http_duration_seconds`,
    help: 'Time of requests to XSOAR.',
    labelNames: ['operation'],
    buckets: SECONDS,
  });
  const deadLetters = metrics.counter({
    name: `${METRIC_PREFIX}dead_letters_total`,
    help: 'Entities that became dead letters, by reason.',
    labelNames: ['reason'],
    labelValues: { reason: DEAD_REASONS },
  });
  const held = metrics.gauge({
    name: `${METRIC_PREFIX}held`,
    help: '1 while deliveries are held for this reason.',
    labelNames: ['reason'],
    labelValues: { reason: HOLD_KINDS },
  });
  const revived = metrics.counter({
    name: `${METRIC_PREFIX}sweeper_revived_total`,
    help: 'States without a job that the sweeper gave one.',
  });
  const processed = metrics.counter({
    name: 'processed_messages_total',
    help: 'Messages delivered, as the Python connector counted them (but only what was delivered).',
    labelNames: ['name', 'action'],
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
        endToEnd.observe(Math.max(Date.now() - queuedAt, 0) / 1_000);
      } else if (result.kind === 'failed') {
        deliveries.inc({ operation: result.operation, outcome: result.outcome.kind });
        duration.observe(seconds);
      } else {
        deliveries.inc({ operation: 'none', outcome: result.kind });
      }
    },
    request({ operation, status, durationMs }) {
      const statusClass = status === null ? 'none' : `${Math.floor(status / 100)}xx`;
      responses.inc({ operation, status_class: statusClass });
      requestSeconds.observe({ operation }, durationMs / 1_000);
    },
    dead: (reason) => deadLetters.inc({ reason }),
    holds(holds) {
      for (const kind of HOLD_KINDS) {
        const closed = holds.some((hold) => hold.kind === kind && isClosed(hold, Date.now()));
        held.set({ reason: kind }, closed ? 1 : 0);
      }
    },
    swept: (count) => revived.inc(count),
  };
}
