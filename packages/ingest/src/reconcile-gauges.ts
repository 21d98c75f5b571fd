/** Gauges of the last whole reconciliation, whoever ran it; served by the active ingest. */
import { DRIFTS, type Report, unrepairedOf } from '@xsoar-intel/pipeline';
import { METRIC_PREFIX, type Metrics } from '@xsoar-intel/runtime';
import { RUN_OUTCOMES, type RunOutcome } from './reconcile-schedule.ts';

/** The gauges, and a counter of runs. */
export interface ReconcileGauges {
  /** Null: there was none yet. */
  show(last: Report | null): void;
  clear(): void;
  ran(outcome: RunOutcome): void;
}

/** Declares them. */
export function createReconcileGauges(metrics: Metrics): ReconcileGauges {
  const drift = metrics.gauge({
    name: `${METRIC_PREFIX}reconcile_drift`,
    help: 'Values that the last whole reconciliation found to differ, by kind; repaired or not.',
    labelNames: ['kind'],
    labelValues: { kind: DRIFTS },
  });
  const unrepaired = metrics.gauge({
    name: `${METRIC_PREFIX}reconcile_unrepaired`,
    help: 'Differences that the last whole reconciliation left as they were.',
  });
  const at = metrics.gauge({
    name: `${METRIC_PREFIX}reconcile_last_run_timestamp_seconds`,
    help: 'When the last whole reconciliation ended.',
  });
  const took = metrics.gauge({
    name: `${METRIC_PREFIX}reconcile_duration_seconds`,
    help: 'How long the last whole reconciliation took.',
  });
  const compared = metrics.gauge({
    name: `${METRIC_PREFIX}reconcile_compared`,
    help: 'Values that the last whole reconciliation compared.',
  });
  const runs = metrics.counter({
    name: `${METRIC_PREFIX}reconcile_runs_total`,
    help: 'Reconciliations by the clock, by how they ended; stopped: a listing could not be trusted, or a side was away.',
    labelNames: ['outcome'],
    labelValues: { outcome: RUN_OUTCOMES },
  });
  const clear = (): void => {
    for (const gauge of [drift, unrepaired, at, took, compared]) gauge.clear();
  };
  clear();
  return {
    show(last) {
      if (last === null) {
        clear();
        return;
      }
      for (const kind of DRIFTS) drift.set({ kind }, last.counts[kind]);
      unrepaired.set(unrepairedOf(last));
      at.set(last.finishedAt / 1_000);
      took.set((last.finishedAt - last.startedAt) / 1_000);
      compared.set(last.counts.compared);
    },
    clear,
    ran: (outcome) => runs.inc({ outcome }),
  };
}
