import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  Registry,
} from 'prom-client';

export type { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Prefix of every metric of ours. */
export const METRIC_PREFIX = 'xsoar_intel_';

/** The metrics of one process. */
export interface Metrics {
  readonly registry: Registry;
  counter<L extends string>(config: Omit<CounterConfiguration<L>, 'registers'>): Counter<L>;
  gauge<L extends string>(config: Omit<GaugeConfiguration<L>, 'registers'>): Gauge<L>;
  histogram<L extends string>(config: Omit<HistogramConfiguration<L>, 'registers'>): Histogram<L>;
}

/**
 * A registry of its own with Node's default metrics and `xsoar_intel_build_info`.
 * Names given to it are complete: ours start with {@link METRIC_PREFIX}, the
 * Python connector's two keep their old names.
 */
export function createMetrics(options: { process: string; version: string }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: `${METRIC_PREFIX}build_info`,
    help: 'Version of the program; the value is always 1.',
    labelNames: ['process', 'version', 'node'],
    registers,
  }).set({ ...options, node: process.version }, 1);
  return {
    registry,
    counter: (config) => new Counter({ ...config, registers }),
    gauge: (config) => new Gauge({ ...config, registers }),
    histogram: (config) => new Histogram({ ...config, registers }),
  };
}

/** Keeps a label's set closed: a value that is not in it becomes `other`. */
export function closedLabel<T extends string>(allowed: readonly T[], value: string): T | 'other' {
  return allowed.find((known) => known === value) ?? 'other';
}
