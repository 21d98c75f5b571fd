import { createIngestMetrics, startIngest } from '@xsoar-intel/ingest';
import { loadFor } from '../load.ts';
import { ingestSettings } from '../settings.ts';
import { runService } from './service.ts';

/** `xsoar-intel ingest`: reads the live stream into Redis. */
export function ingest(options: { config?: string }): Promise<number> {
  const loaded = loadFor('ingest', options.config);
  const { config } = loaded;
  return runService('ingest', loaded, ({ logger, metrics }) =>
    startIngest(ingestSettings(config), {
      logger,
      metrics: createIngestMetrics(metrics, config.connector.name),
    }),
  );
}
