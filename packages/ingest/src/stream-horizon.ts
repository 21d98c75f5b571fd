import type { OpenctiApi } from '@xsoar-intel/opencti';

/** Time between two questions, in ms; after a refusal much longer: not every token may ask. */
const EVERY_MS = 60_000;
const AFTER_REFUSAL_MS = 3_600_000;

/**
 * Asks OpenCTI again and again which events it still has. A connection tells it only when it
 * begins, and the oldest event moves on. Returns a function that ends it.
 */
export function watchHorizon(
  api: Pick<OpenctiApi, 'redisStreamInfo'>,
  onOldest: (ms: number) => void,
): () => void {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  async function round(): Promise<void> {
    let waitMs = EVERY_MS;
    try {
      const { firstEventId } = await api.redisStreamInfo(ending.signal);
      if (firstEventId !== null && !ending.signal.aborted) onOldest(firstEventId.ms);
    } catch {
      // What the connection told is good enough; that OpenCTI is away, the stream tells.
      waitMs = AFTER_REFUSAL_MS;
    }
    if (!ending.signal.aborted) timer = setTimeout(() => void round(), waitMs);
  }
  timer = setTimeout(() => void round(), EVERY_MS);

  return () => {
    ending.abort();
    clearTimeout(timer);
  };
}
