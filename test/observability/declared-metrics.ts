import { createIngestMetrics } from '@xsoar-intel/ingest';
import {
  createMetrics,
  type DeclaredMetric,
  type Metrics,
  watchEventLoop,
} from '@xsoar-intel/runtime';
import { createWorkerMetrics } from '@xsoar-intel/worker';

/** The programs that serve metrics. */
export type Program = 'ingest' | 'worker' | 'board';

/** What a program declares beside what every program has. */
const OWN = new Map<Program, (metrics: Metrics) => unknown>([
  ['ingest', (metrics) => createIngestMetrics(metrics, 'name')],
  ['worker', (metrics) => createWorkerMetrics(metrics, 'name')],
  ['board', () => {}],
]);

/** The metrics of every program, from the code that declares them. */
export interface DeclaredMetrics {
  /** Those that every program has. */
  shared: readonly DeclaredMetric[];
  own: ReadonlyMap<Program, readonly DeclaredMetric[]>;
  /** What prom-client adds about the process and Node. */
  standard: readonly { name: string; type: string; help: string }[];
}

/** Declares everything as the programs do, and looks at it. */
export async function declaredMetrics(): Promise<DeclaredMetrics> {
  const shared = baseMetrics('any');
  const sharedNames = new Set(shared.declared.map(({ name }) => name));
  const own = new Map<Program, readonly DeclaredMetric[]>();
  for (const [program, declare] of OWN) {
    const metrics = baseMetrics(program);
    declare(metrics);
    own.set(
      program,
      metrics.declared.filter(({ name }) => !sharedNames.has(name)),
    );
  }
  const standard = await shared.registry.getMetricsAsJSON();
  return {
    shared: shared.declared,
    own,
    standard: standard
      .filter(({ name }) => !sharedNames.has(name))
      .map(({ name, type, help }) => ({ name, type: String(type), help })),
  };
}

function baseMetrics(process: string): Metrics {
  const metrics = createMetrics({ process });
  watchEventLoop(1_000, { metrics }).stop();
  return metrics;
}

/** Names of the series that a metric is served as: a histogram has three. */
export function seriesNames({ name, type }: { name: string; type: string }): string[] {
  if (type !== 'histogram') return [name];
  return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
}
