export { type EventLoopWatch, watchEventLoop } from './event-loop.ts';
export { type Health, type HealthServer, startHealthServer } from './health-server.ts';
export { createLogger, type Logger, type LoggerOptions, type LogLevel } from './logger.ts';
export {
  type Counter,
  closedLabel,
  createMetrics,
  type Gauge,
  type Histogram,
  METRIC_PREFIX,
  type Metrics,
  type Registry,
} from './metrics.ts';
export { type ProcessOptions, type Running, runProcess } from './run-process.ts';
export { type SerializedError, serializeError } from './serialize-error.ts';
export { version } from './version.ts';
