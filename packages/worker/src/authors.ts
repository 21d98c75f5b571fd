import { type AuthorNames, isAuthorRef, type Nameless } from '@xsoar-intel/pipeline';
import { fromRedis } from './redis-refusal.ts';

/** Names of authors by STIX id. */
export interface Authors {
  /**
   * The name, or undefined while it is not known; then it is noted that the entity
   * goes without it, and it will be delivered once more when the name is found.
   */
  nameOf(ref: unknown, entity: Nameless): Promise<string | undefined>;
}

/** Names kept in memory: more authors than a platform has in daily use. */
const CACHE_MAX = 5_000;
/** How long a name is trusted, in ms. */
const KNOWN_MS = 10 * 60_000;

/** A bounded cache in front of Redis. `onMissing`: an entity goes without the name. */
export function createAuthors(
  names: Pick<AuthorNames, 'awaitName'>,
  now: () => number,
  onMissing: () => void,
): Authors {
  const cache = new Map<string, { name: string; until: number }>();
  return {
    async nameOf(ref, entity) {
      if (!isAuthorRef(ref)) return undefined;
      const cached = cache.get(ref);
      if (cached && cached.until > now()) return cached.name;
      const awaited = await fromRedis(names.awaitName(ref, entity));
      if (awaited.kind !== 'known') {
        onMissing();
        return undefined;
      }
      // The oldest entry goes first: a Map keeps the order of insertion.
      cache.delete(ref);
      if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value ?? '');
      cache.set(ref, { name: awaited.name, until: now() + KNOWN_MS });
      return awaited.name;
    },
  };
}
