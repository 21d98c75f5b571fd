import { type EventId, type OpenctiApi, OpenctiError } from '@xsoar-intel/opencti';

/** Times in ms. */
export interface HorizonTimes {
  /** Between two questions. */
  everyMs: number;
  /** After an answer that will be the same the next time: not every token may ask. */
  refusedMs: number;
}

/** Rare enough to be no load, often enough to see how fast the stream is trimmed. */
export const HORIZON_TIMES: HorizonTimes = { everyMs: 60_000, refusedMs: 3_600_000 };

/** Failures that last: the right is missing, the platform is too old, or it refuses the question. */
const LASTING = new Set(['forbidden', 'schema', 'refused']);

/**
 * Asks OpenCTI again and again which events it still has. A connection tells it only when it
 * begins, and the oldest event moves on. Returns a function that ends it.
 */
export function watchHorizon(
  api: Pick<OpenctiApi, 'redisStreamInfo'>,
  onOldest: (oldest: EventId) => void,
  times: HorizonTimes = HORIZON_TIMES,
): () => void {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  async function round(): Promise<void> {
    let waitMs = times.everyMs;
    try {
      const { firstEventId } = await api.redisStreamInfo(ending.signal);
      if (firstEventId !== null && !ending.signal.aborted) onOldest(firstEventId);
    } catch (error) {
      // What the connection told is good enough; that OpenCTI is away, the stream tells.
      if (error instanceof OpenctiError && LASTING.has(error.kind)) waitMs = times.refusedMs;
    }
    if (!ending.signal.aborted) timer = setTimeout(() => void round(), waitMs);
  }
  timer = setTimeout(() => void round(), times.everyMs);

  return () => {
    ending.abort();
    clearTimeout(timer);
  };
}
