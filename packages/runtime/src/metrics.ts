import {
  type CounterConfiguration,
  collectDefaultMetrics,
  type GaugeConfiguration,
  type HistogramConfiguration,
  type LabelValues,
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
} from 'prom-client';
import { type ClosedLabels, closeLabels, combinations } from './closed-labels.ts';
import { version } from './version.ts';

export type { Registry } from 'prom-client';

/** Prefix of every metric of ours. */
export const METRIC_PREFIX = 'xsoar_intel_';

/** Counts up. */
export interface Counter<L extends string = string> {
  inc(labels: LabelValues<L>, value?: number): void;
  inc(value?: number): void;
}

/** Goes up and down. */
export interface Gauge<L extends string = string> {
  set(labels: LabelValues<L>, value: number): void;
  set(value: number): void;
  /** Serves no series of it until it is set again: what is not known must not be told as 0. */
  clear(): void;
}

/** Counts values by size. */
export interface Histogram<L extends string = string> {
  observe(labels: LabelValues<L>, value: number): void;
  observe(value: number): void;
}

/** How a metric is declared: prom-client's configuration, and the values of its labels. */
export type Declaration<C, L extends string> = Omit<C, 'registers'> & {
  /** What is not in a label's list becomes `other`. Series that are known start at 0. */
  readonly labelValues?: ClosedLabels<L>;
};

/** A metric as its documentation tells it. */
export interface DeclaredMetric {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  /** Labels in order, each with every value that it may have (beside `other`); null: not closed. */
  labels: readonly { name: string; values: readonly string[] | null }[];
  /** Upper bounds of a histogram's buckets. */
  buckets: readonly number[];
}

/** The metrics of one process. */
export interface Metrics {
  readonly registry: Registry;
  /** Every metric of ours, in the order in which they were declared. */
  readonly declared: readonly DeclaredMetric[];
  counter<L extends string>(config: Declaration<CounterConfiguration<L>, L>): Counter<L>;
  gauge<L extends string>(config: Declaration<GaugeConfiguration<L>, L>): Gauge<L>;
  histogram<L extends string>(config: Declaration<HistogramConfiguration<L>, L>): Histogram<L>;
}

/**
 * A registry of its own with Node's default metrics and `xsoar_intel_build_info`.
 * Names given to it are complete: ours start with {@link METRIC_PREFIX}, the
 * Python connector's two keep their old names.
 */
export function createMetrics(options: { process: string; version?: string }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const declared: DeclaredMetric[] = [];
  const declare = describeInto(declared);
  const build = {
    name: `${METRIC_PREFIX}build_info`,
    help: 'Version of the program; the value is always 1.',
    labelNames: ['process', 'version', 'node'],
  };
  declare('gauge', build);
  new PromGauge({ ...build, registers }).set({ version, ...options, node: process.version }, 1);

  return {
    registry,
    declared,
    counter<L extends string>({
      labelValues,
      ...config
    }: Declaration<CounterConfiguration<L>, L>): Counter<L> {
      declare('counter', config, labelValues);
      const counter = new PromCounter<L>({ ...config, registers });
      const close = closeLabels<L>(labelValues);
      for (const labels of combinations<L>(config.labelNames ?? [], labelValues)) {
        counter.inc(labels, 0);
      }
      return {
        inc(first?: LabelValues<L> | number, second?: number) {
          if (typeof first === 'object') counter.inc(close(first), second);
          else counter.inc(first);
        },
      };
    },
    gauge<L extends string>({
      labelValues,
      ...config
    }: Declaration<GaugeConfiguration<L>, L>): Gauge<L> {
      declare('gauge', config, labelValues);
      const gauge = new PromGauge<L>({ ...config, registers });
      const close = closeLabels<L>(labelValues);
      return {
        set(first: LabelValues<L> | number, second?: number) {
          if (typeof first === 'object') gauge.set(close(first), second ?? Number.NaN);
          else gauge.set(first);
        },
        clear() {
          gauge.reset();
          // prom-client puts a gauge without labels back to 0.
          if ((config.labelNames ?? []).length === 0) gauge.remove();
        },
      };
    },
    histogram<L extends string>({
      labelValues,
      ...config
    }: Declaration<HistogramConfiguration<L>, L>): Histogram<L> {
      declare('histogram', config, labelValues);
      const histogram = new PromHistogram<L>({ ...config, registers });
      const close = closeLabels<L>(labelValues);
      return {
        observe(first: LabelValues<L> | number, second?: number) {
          if (typeof first === 'object') histogram.observe(close(first), second ?? Number.NaN);
          else histogram.observe(first);
        },
      };
    },
  };
}

/** Returns a function that notes declarations in a list. */
function describeInto(declared: DeclaredMetric[]) {
  return <L extends string>(
    type: DeclaredMetric['type'],
    config: { name: string; help: string; labelNames?: readonly L[]; buckets?: number[] },
    labelValues?: ClosedLabels<L>,
  ): void => {
    declared.push({
      name: config.name,
      type,
      help: config.help,
      labels: (config.labelNames ?? []).map((name) => ({
        name,
        values: labelValues?.[name] ?? null,
      })),
      buckets: config.buckets ?? [],
    });
  };
}
