import { kinKeys } from '../mapping/kin.ts';
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';

/** Keys that are looked up at a time: bounds how long Redis is busy with one call. */
const KIN_CHUNK = 1000;

/** Keys of records that hold one of these values under another type. */
export async function findKin(
  redis: Redis,
  keys: Keys,
  valueKeys: readonly string[],
): Promise<string[]> {
  const given = new Set(valueKeys);
  const candidates = valueKeys.flatMap(kinKeys).filter((key) => !given.has(key));
  const found: string[] = [];
  for (let at = 0; at < candidates.length; at += KIN_CHUNK) {
    const some = candidates.slice(at, at + KIN_CHUNK);
    const records = await redis.hmget(keys.values, ...some);
    found.push(...some.filter((_, index) => records[index] !== null));
  }
  return [...new Set(found)];
}
