import type { Keys, Redis } from '@xsoar-intel/pipeline';

/** Names of authors by STIX id, from what ingest learnt of the stream. */
export interface Authors {
  /** The name, or undefined while it is not known. */
  nameOf(ref: unknown): Promise<string | undefined>;
}

/** Names kept in memory: more authors than a platform has in daily use. */
const CACHE_MAX = 5_000;
/** How long an answer is trusted, in ms; a name that is not known yet is asked for sooner. */
const KNOWN_MS = 10 * 60_000;
const UNKNOWN_MS = 10_000;

/** A bounded cache in front of Redis. */
export function createAuthors(redis: Redis, keys: Keys, now: () => number): Authors {
  const cache = new Map<string, { name: string | undefined; until: number }>();
  return {
    async nameOf(ref) {
      if (typeof ref !== 'string') return undefined;
      const cached = cache.get(ref);
      if (cached && cached.until > now()) return cached.name;
      const name = (await redis.hget(keys.authors, ref)) ?? undefined;
      // The oldest entry goes first: a Map keeps the order of insertion.
      cache.delete(ref);
      if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value ?? '');
      cache.set(ref, { name, until: now() + (name === undefined ? UNKNOWN_MS : KNOWN_MS) });
      return name;
    },
  };
}
