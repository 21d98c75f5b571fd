import { Redis as Client } from 'ioredis';
import type { Redis } from './connection.ts';

/** A server that was reached answers within so many ms, unless it loads its data set or hangs. */
const ANSWERS_MS = 2_000;

/**
 * Tells of a server that is reached and is not ready. To ioredis that is no error: it asks such a
 * server again and again, and commands wait without a word.
 */
export function tellSilence(redis: Redis, onError: (error: Error) => void): void {
  if (!(redis instanceof Client)) {
    redis.on('+node', (node: Client) => tellSilence(node, onError));
    return;
  }
  let timer: NodeJS.Timeout | undefined;
  redis.on('connect', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      onError(
        new Error(
          'Redis takes connections and is not ready: it is loading its data set, which ends by itself, or it hangs',
        ),
      );
    }, ANSWERS_MS).unref();
  });
  for (const event of ['ready', 'close', 'end']) redis.on(event, () => clearTimeout(timer));
}
