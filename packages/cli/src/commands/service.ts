/** What the long-running commands share: logger, metrics, health, a Redis that is fit, signals. */
import type { Config, ConfigNote } from '@xsoar-intel/config';
import {
  connectRedis,
  explainRedisError,
  inspectRedis,
  isTls,
  type RedisAddress,
} from '@xsoar-intel/pipeline';
import {
  createLogger,
  createMetrics,
  type Logger,
  type Metrics,
  type Running,
  runProcess,
  startHealthServer,
  startTracing,
  type Tracing,
  watchEventLoop,
} from '@xsoar-intel/runtime';
import { redisAddress } from '../settings.ts';
import { version } from '../version.ts';

/** A started program. */
export interface Service extends Running {
  /** Reasons why it is not ready. */
  reasons(): string[];
}

/** A standstill of the event loop that long means that the process is of no use, in ms. */
const STANDSTILL_MS = 15_000;

/** The last spans get no longer than this at the end, ms: a stop leaves 2 s after the last push. */
const FLUSH_MS = 1_500;

/** Runs a program until it is told to end; resolves to its exit code. */
export function runService(
  name: string,
  { config, notes }: { config: Config; notes: readonly ConfigNote[] },
  start: (parts: {
    logger: Logger;
    metrics: Metrics;
    /** Null: nobody asked for it. */
    tracing: Tracing | null;
    /** Ends the process with 1, in order. */
    fail(error: unknown): void;
  }) => Promise<Service> | Service,
): Promise<number> {
  const logger = createLogger({
    level: config.log.level,
    name,
    version,
    ...(config.log.pretty === null ? {} : { pretty: config.log.pretty }),
  });
  const metrics = createMetrics({ process: name, version });
  return runProcess({
    logger,
    shutdownMs: config.shutdown.timeoutMs,
    async start({ fail }) {
      logger.info('starting');
      for (const { level, variable, message } of notes) {
        logger[level === 'warning' ? 'warn' : 'info']({ variable }, `configuration: ${message}`);
      }
      let service: Service | null = null;
      const loop = watchEventLoop(STANDSTILL_MS, { metrics });
      // Up before Redis is, so that probes and people see what it waits for.
      const http = config.metrics.enabled
        ? await startHealthServer({
            address: config.metrics.address,
            port: config.metrics.port,
            registry: metrics.registry,
            health: {
              alive: () => loop.turning(),
              reasons: () => service?.reasons() ?? ['starting: waiting for Redis'],
            },
          })
        : null;
      if (http) logger.info({ port: http.port }, 'metrics and health are served');
      await fitRedis(redisAddress(config), logger);
      const tracing = await traceIfAsked(name, config, logger);
      const started = await start({ logger, metrics, tracing, fail });
      service = started;
      return {
        async stop() {
          await started.stop();
          await tracing?.stop();
          loop.stop();
          await http?.close();
        },
      };
    },
  });
}

/** Traces, where the configuration says to whom; otherwise nothing of OpenTelemetry is loaded. */
async function traceIfAsked(
  name: string,
  { tracing, shutdown }: Config,
  logger: Logger,
): Promise<Tracing | null> {
  const { endpoint, headers, serviceName, sampler, ratio } = tracing;
  if (endpoint === null) return null;
  logger.info({ endpoint, sampler, ratio }, 'spans go to the OpenTelemetry collector');
  return startTracing({
    ...{ endpoint, sampler, ratio, version, logger },
    headers: headers.reveal(),
    serviceName: serviceName ?? `xsoar-intel-${name}`,
    flushMs: Math.min(FLUSH_MS, shutdown.timeoutMs / 4),
  });
}

/** Waits for Redis and looks whether it can keep the promise. Throws when it cannot. */
async function fitRedis(address: RedisAddress, logger: Logger): Promise<void> {
  const told = new Set<string>();
  const redis = connectRedis(address, 'start', ({ message: reason }) => {
    if (!told.has(reason)) logger.warn({ reason }, 'waiting for Redis');
    told.add(reason);
  });
  try {
    // A login that is refused fails the command too, not the connection alone.
    const {
      version: redisVersion,
      errors,
      warnings,
    } = await inspectRedis(redis).catch((error: Error) => {
      throw explainRedisError(error, isTls(address));
    });
    for (const warning of warnings) logger.warn(warning);
    if (errors.length > 0) throw new Error(errors.join(' '));
    logger.info({ redis: redisVersion }, 'Redis is there');
  } finally {
    redis.disconnect();
  }
}
