/**
 * Lets a Redis go back in time, at once and for everybody, as a failover to a
 * replica that was behind does.
 */
import type { Keys, Redis } from '@xsoar-intel/pipeline';

const SAVE = `
redis.call('DEL', KEYS[1])
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  redis.call('RPUSH', KEYS[1], key, math.max(redis.call('PEXPIRETIME', key), 0), redis.call('DUMP', key))
end
return redis.call('LLEN', KEYS[1])`;

const RESTORE = `
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end
local saved = redis.call('LRANGE', KEYS[1], 0, -1)
for i = 1, #saved, 3 do
  redis.call('RESTORE', saved[i], saved[i + 1], saved[i + 2], 'ABSTTL')
end
return #saved / 3`;

/** Remembers the state of a connector; the function that it returns brings it back. */
export async function remember(redis: Redis, keys: Keys): Promise<() => Promise<void>> {
  const store = `saved:${keys.prefix}`;
  const pattern = `${keys.prefix}:*`;
  await redis.eval(SAVE, 1, store, pattern);
  return async () => {
    await redis.eval(RESTORE, 1, store, pattern);
    await redis.del(store);
  };
}
