import type { Redis } from 'ioredis';

/** Everything that a Redis holds, as text: names of keys and what is under them. */
export async function allOfRedis(redis: Redis): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 1_000);
    cursor = next;
    for (const key of keys) found.set(key, JSON.stringify(await contentOf(redis, key)));
  } while (cursor !== '0');
  return found;
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  switch (type) {
    case 'string':
      return redis.get(key);
    case 'hash':
      return redis.hgetall(key);
    case 'list':
      return redis.lrange(key, 0, -1);
    case 'set':
      return redis.smembers(key);
    case 'zset':
      return redis.zrange(key, '0', '-1');
    case 'stream':
      return redis.xrange(key, '-', '+');
    default:
      // It ended between the two questions; anything else must not be overlooked.
      if (type === 'none') return null;
      throw new Error(`a key of a type that nobody looks into: ${type}`);
  }
}
