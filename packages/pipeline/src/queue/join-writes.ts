import type { Writable } from 'node:stream';
import { Redis as Client } from 'ioredis';
import type { Redis } from './connection.ts';

/**
 * Sends the commands of one turn of the event loop by one write each connection:
 * many deliveries go on at a time, and a write is a system call that costs as much as
 * the rest of a command. Order and replies are those of single writes. ioredis' own
 * auto-pipelining does the like, but cannot run scripts under names of ours, and
 * throws where a connection is cut.
 */
export function joinWrites(redis: Redis): void {
  if (redis instanceof Client) {
    redis.on('connect', () => corkByTurn(redis.stream));
  } else {
    redis.on('+node', joinWrites);
  }
}

function corkByTurn(stream: Writable): void {
  const write = stream.write.bind(stream);
  let isCorked = false;
  const uncork = (): void => {
    isCorked = false;
    stream.uncork();
  };
  stream.write = ((...args: Parameters<Writable['write']>) => {
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      setImmediate(uncork);
    }
    return write(...args);
  }) as Writable['write'];
}
