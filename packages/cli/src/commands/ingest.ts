import { createIngestMetrics, type IngestSettings, startIngest } from '@xsoar-intel/ingest';
import { reconcile } from '@xsoar-intel/pipeline';
import { loadFor } from '../load.ts';
import { openReconcileParts, type ReconcileConfig } from '../reconciliation/parts.ts';
import { ingestSettings } from '../settings.ts';
import { runService } from './service.ts';

/** `xsoar-intel ingest`: reads the live stream into Redis. */
export function ingest(options: { config?: string }): Promise<number> {
  const loaded = loadFor('ingest', options.config);
  const { config } = loaded;
  const { intervalMs } = config.reconcile;
  // Only then does it need what a worker needs, the key of XSOAR among it.
  const reconciliation =
    intervalMs === null
      ? null
      : byTheClock(loadFor(['ingest', 'worker', 'operator'], options.config).config, intervalMs);
  return runService('ingest', loaded, ({ logger, metrics, tracing }) =>
    startIngest(
      { ...ingestSettings(config), reconciliation },
      { logger, tracing, metrics: createIngestMetrics(metrics, config.connector.name) },
    ),
  );
}

function byTheClock(
  config: ReconcileConfig,
  intervalMs: number,
): NonNullable<IngestSettings['reconciliation']> {
  // With some kinds of event left out, XSOAR is not meant to hold everything.
  const apply = config.reconcile.apply && config.filter.eventTypes.length === 0;
  const nothing = (): void => {};
  return (place) => {
    const { parts, close } = openReconcileParts(config, place);
    return {
      intervalMs,
      close,
      run: (signal) =>
        reconcile(
          {
            ...{ ...parts, signal },
            // Nobody can be asked.
            allowDeletes: async () => false,
            ...{ onProgress: nothing, onWait: nothing, onStart: nothing, onRetry: nothing },
          },
          { apply, share: 1, since: null },
        ),
    };
  };
}
