import { createIngestSigns, type Keys, type Redis } from '@xsoar-intel/pipeline';

/** Between two signs of life, in ms. */
const EVERY_MS = 5_000;

/**
 * Says in Redis that this ingest lives, whether it reads or stands by. Returns a function that
 * says that it ends; to be called while the connection is still there.
 * @param who its name, `<host>:<pid>`, and version
 */
export function giveSigns(
  redis: Redis,
  keys: Keys,
  who: { name: string; version: string },
  onError: (error: Error) => void,
): () => Promise<void> {
  const signs = createIngestSigns(redis, keys, Date.now);
  const since = Date.now();
  const give = (): void => void signs.give({ ...who, since }).catch(onError);
  give();
  const timer = setInterval(give, EVERY_MS);
  let ended = false;
  return async () => {
    if (ended) return;
    ended = true;
    clearInterval(timer);
    if (redis.status === 'ready') await signs.withdraw(who.name).catch(onError);
  };
}
