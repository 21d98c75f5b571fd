import type { DeploymentStatus } from '@xsoar-intel/opencti';
import { METRIC_PREFIX, type Metrics } from '@xsoar-intel/runtime';
import {
  REPORT_OUTCOMES,
  REPORTING_STATES,
  type ReportingState,
  type ReportOutcome,
} from './deployment-reports.ts';

/** What is shown of reporting to OpenCTI what became of indicators. */
export interface DeploymentGauges {
  /** Null: this ingest does not report, or stands by. */
  state(state: ReportingState | null): void;
  reported(status: DeploymentStatus, outcome: ReportOutcome): void;
  waiting(count: number): void;
}

/** Declares them. */
export function createDeploymentGauges(metrics: Metrics): DeploymentGauges {
  const reports = metrics.counter({
    name: `${METRIC_PREFIX}deployment_reports_total`,
    help: 'Reports to OpenCTI of what became of indicators; gone: OpenCTI has no such indicator.',
    labelNames: ['status', 'outcome'],
    labelValues: { status: ['deployed', 'failed', 'removed'], outcome: REPORT_OUTCOMES },
  });
  const waiting = metrics.gauge({
    name: `${METRIC_PREFIX}deployment_reports_waiting`,
    help: 'Reports of what became of indicators that OpenCTI has not taken yet.',
  });
  const shown = metrics.gauge({
    name: `${METRIC_PREFIX}deployment_reporting_state`,
    help: '1 for where reporting to OpenCTI what became of indicators stands; all 0: it is off, or this ingest stands by.',
    labelNames: ['state'],
    labelValues: { state: REPORTING_STATES },
  });
  const show = (state: ReportingState | null): void => {
    for (const known of REPORTING_STATES) shown.set({ state: known }, known === state ? 1 : 0);
    if (state === null) waiting.set(0);
  };
  show(null);
  return {
    state: show,
    reported: (status, outcome) => reports.inc({ status, outcome }),
    waiting: (count) => waiting.set(count),
  };
}
