/**
 * The name that the live stream has in OpenCTI, for people to recognize it by. It is asked for by
 * the active ingest, kept in Redis for the next one, and nothing waits for it.
 */
import type { OpenctiApi } from '@xsoar-intel/opencti';
import type { Keys, Redis } from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import { pause } from './pause.ts';

/** What the lookup works with. */
export interface StreamNameParts {
  redis: Pick<Redis, 'get' | 'set'>;
  keys: Pick<Keys, 'streamName'>;
  api: Pick<OpenctiApi, 'streamCollection'>;
  streamId: string;
  logger: Logger;
}

/** The name as far as it is known. */
export interface StreamName {
  /** Null while it is not known, or when OpenCTI does not tell it. */
  readonly name: string | null;
  stop(): Promise<void>;
}

/** Times in ms: until the name is asked for again, after an answer and after none. */
export const NAME_TIMES = { againMs: 3_600_000, failedMs: 60_000 };

/** Characters of a name that are kept. */
const NAME_MAX = 200;

/** Learns the name, and that it was changed, until stopped. */
export function watchStreamName(parts: StreamNameParts, times = NAME_TIMES): StreamName {
  const { redis, keys, api, streamId, logger } = parts;
  const ending = new AbortController();
  let name: string | null = null;

  function learn(found: string): void {
    if (found === name) return;
    name = found;
    logger.info({ stream: streamId, name }, 'the stream is known by its name');
  }

  async function round(): Promise<number> {
    const kept = await redis.get(keys.streamName);
    // Another stream may have been configured since.
    if (kept?.startsWith(`${streamId} `) === true) {
      learn(kept.slice(streamId.length + 1));
      return times.againMs;
    }
    const found = await api.streamCollection(streamId, ending.signal);
    const said = found?.name.trim().slice(0, NAME_MAX) ?? '';
    if (said === '') return times.againMs;
    // A little shorter than until the next look, which asks OpenCTI then.
    await redis.set(keys.streamName, `${streamId} ${said}`, 'PX', Math.ceil(times.againMs * 0.9));
    learn(said);
    return times.againMs;
  }

  const loop = (async () => {
    while (!ending.signal.aborted) {
      // That OpenCTI or Redis is away is told by those who need them.
      const waitMs = await round().catch(() => times.failedMs);
      await pause(waitMs, ending.signal);
    }
  })();

  return {
    get name() {
      return name;
    },
    async stop() {
      ending.abort();
      await loop;
    },
  };
}
