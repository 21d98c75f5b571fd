/** Refreshes the gauges of Redis' content for as long as this ingest leads. */
import type { Snapshot } from '@xsoar-intel/pipeline';
import type { QueueGauges } from './queue-gauges.ts';
import type { RedisFacts } from './redis-facts.ts';

/** Time between two looks, in ms: shorter than a usual scrape interval. */
export const QUEUE_LOOK_MS = 5_000;

/**
 * Looks at once and then every `everyMs`. A look that fails clears the gauges: nothing is known
 * then. Returns a function that ends it, which also clears them.
 */
export function watchQueue(
  gauges: QueueGauges,
  look: () => Promise<{ snapshot: Snapshot; redis: RedisFacts }>,
  options: { everyMs: number; onError(error: unknown): void },
): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function round(): Promise<void> {
    try {
      const { snapshot, redis } = await look();
      if (!stopped) gauges.show(snapshot, redis);
    } catch (error) {
      gauges.clear();
      if (!stopped) options.onError(error);
    } finally {
      if (!stopped) timer = setTimeout(() => void round(), options.everyMs);
    }
  }
  void round();

  return () => {
    stopped = true;
    clearTimeout(timer);
    gauges.clear();
  };
}
