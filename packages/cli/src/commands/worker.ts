import { createWorkerMetrics, startWorker } from '@xsoar-intel/worker';
import { loadFor } from '../load.ts';
import { workerSettings } from '../settings.ts';
import { runService } from './service.ts';

/** `xsoar-intel worker`: pushes what is in Redis to XSOAR. */
export function worker(options: { config?: string }): Promise<number> {
  const loaded = loadFor('worker', options.config);
  const { config } = loaded;
  return runService('worker', loaded, ({ logger, metrics, tracing, fail }) =>
    startWorker(workerSettings(config), {
      logger,
      tracing,
      fail,
      metrics: createWorkerMetrics(metrics, config.connector.name),
    }),
  );
}
