import { createIngestMetrics, type IngestSettings, startIngest } from '@xsoar-intel/ingest';
import { reconcile } from '@xsoar-intel/pipeline';
import { CommandError, loadFor } from '../load.ts';
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
    intervalMs === null ? null : byTheClock(loadBoth(options.config), intervalMs);
  return runService('ingest', loaded, ({ logger, metrics, tracing }) =>
    startIngest(
      { ...ingestSettings(config), reconciliation },
      { logger, tracing, metrics: createIngestMetrics(metrics, config.connector.name) },
    ),
  );
}

const WHY_BOTH = [
  'RECONCILE_INTERVAL is set: the ingest reconciles, and so needs the variables of the worker as well, the key of XSOAR among them.',
  'Where the key is in a file, give it to the ingest too: with compose in docker-compose.override.yml, on Kubernetes by components/reconcile.',
  'See "By the clock" in docs/reconcile.md.',
].join('\n');

/** What a comparison needs; where that is not there, says why it is asked of an ingest. */
function loadBoth(configFile: string | undefined): ReconcileConfig {
  try {
    return loadFor(['ingest', 'worker', 'operator'], configFile).config;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new CommandError(`${error.message}\n${WHY_BOTH}`, error.exitCode);
  }
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
      run: (signal, fence) =>
        reconcile(
          {
            ...{ ...parts, fence, signal },
            // Nobody can be asked.
            allowDeletes: async () => false,
            ...{ onProgress: nothing, onWait: nothing, onStart: nothing, onRetry: nothing },
          },
          { apply, share: 1, since: null },
        ),
    };
  };
}
