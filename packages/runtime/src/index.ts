export { type ClosedLabels, closedLabel } from './closed-labels.ts';
export { type EventLoopWatch, watchEventLoop } from './event-loop.ts';
export {
  type Health,
  type HealthServer,
  type HealthServerOptions,
  startHealthServer,
} from './health-server.ts';
export { ListenError, type ListenOptions, listen } from './listen.ts';
export { createLogger, type Logger, type LoggerOptions, type LogLevel } from './logger.ts';
export {
  type Counter,
  createMetrics,
  type Declaration,
  type DeclaredMetric,
  type Gauge,
  type Histogram,
  METRIC_PREFIX,
  type Metrics,
  type Registry,
} from './metrics.ts';
export {
  type ProcessContext,
  type ProcessOptions,
  type ProcessState,
  type Running,
  runProcess,
} from './run-process.ts';
export { type SerializedError, serializeError } from './serialize-error.ts';
export { sparingly } from './sparingly.ts';
export { startTracing, type TracingOptions } from './tracing/start-tracing.ts';
export type {
  SpanStart,
  TraceAttributes,
  TraceIds,
  TraceSpan,
  Tracing,
} from './tracing/tracing.ts';
export { version } from './version.ts';
