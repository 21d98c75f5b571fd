/**
 * Names of authors, shared by all processes of a connector. Ingest learns most of
 * them from the stream. An indicator whose author is not known goes out without
 * the name and is noted; the active ingest asks OpenCTI and makes it dirty again.
 *
 *   unknown ──a delivery went without──▶ wanted ──learnt, or found──▶ known, its entities refreshed
 *                                          └──OpenCTI has no such name──▶ absent, for a while
 *
 * Everything is bounded: entities that wait beyond the limit get the name with
 * their next event; names go when there are too many, or when they were not learnt
 * anew for long (the stream tells an author again and again, while it has events).
 */
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';
import { asList, loadScript } from './script.ts';

/** A delivery that goes without its author's name. */
export interface Nameless {
  entityId: string;
  /** `<ms>-<seq>` of the state that is delivered. */
  version: string;
  payload: string;
}

/** What became of a note; see `await-author.lua`. */
export type AwaitedName = { kind: 'known'; name: string } | { kind: 'noted' | 'unknown' | 'full' };

/** Access to the names in Redis. */
export interface AuthorNames {
  /** Notes that an entity went without a name, or returns the name after all. */
  awaitName(author: string, entity: Nameless): Promise<AwaitedName>;
  /** Authors to look up now. */
  wanted(now: number, limit: number): Promise<string[]>;
  known(authors: readonly string[]): Promise<Map<string, string>>;
  /** Stores names; entities that wait for one of them are due at once. */
  learn(names: Iterable<readonly [author: string, name: string]>): Promise<void>;
  /** Entities that wait for an author's name. */
  awaiting(author: string, limit: number): Promise<string[]>;
  /** Makes an entity dirty again; `queued`: it needs a delivery job; `busy`: ask again later. */
  refresh(author: string, entityId: string): Promise<'queued' | 'busy' | 'over'>;
  /**
   * OpenCTI has no such name: it is not asked for until then (ms), and nobody waits.
   * 0: everybody has it. Returns how many entities waited.
   */
  drop(author: string, until: number): Promise<number>;
}

/** Bounds of what is kept. */
export interface AuthorBounds {
  /** Entities that may wait for a name at a time. */
  awaitedMax: number;
  namesMax: number;
  /** How long a name is kept that is not learnt anew, in ms. */
  nameTtlMs: number;
}

/** Of Redis: about 10 MB for what waits, 5 MB for names. */
const BOUNDS: AuthorBounds = {
  awaitedMax: 4_000,
  namesMax: 20_000,
  nameTtlMs: 30 * 24 * 3_600_000,
};

/** What an author's STIX id looks like; nothing else can be looked up. */
const AUTHOR = /^identity--[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a reference is one that OpenCTI can be asked about. */
export function isAuthorRef(ref: unknown): ref is string {
  return typeof ref === 'string' && AUTHOR.test(ref);
}

/** Binds the names to a connection. */
export function createAuthorNames(
  redis: Redis,
  keys: Keys,
  bounds: AuthorBounds = BOUNDS,
): AuthorNames {
  const awaitScript = loadScript(redis, 'await-author');
  const refreshScript = loadScript(redis, 'refresh-author');
  const dropScript = loadScript(redis, 'drop-author');
  const learnScript = loadScript(redis, 'learn-authors');
  const { authors, authorsLearnt, authorsWanted, authorsAwaited, authorsPayloads } = keys;

  return {
    async awaitName(author, { entityId, version, payload }) {
      const [kind, name] = asList(
        await awaitScript(
          [authors, authorsWanted, authorsAwaited, authorsPayloads],
          [author, entityId, version, payload, bounds.awaitedMax],
        ),
      );
      if (kind === 'known') return { kind, name: String(name) };
      return { kind: kind === 'unknown' || kind === 'full' ? kind : 'noted' };
    },
    wanted: (now, limit) => redis.zrangebyscore(authorsWanted, '-inf', now, 'LIMIT', 0, limit),
    async known(refs) {
      const names = refs.length === 0 ? [] : await redis.hmget(authors, ...refs);
      return new Map(
        refs.flatMap((ref, index): [string, string][] => {
          const name = names[index];
          return typeof name === 'string' ? [[ref, name]] : [];
        }),
      );
    },
    async learn(names) {
      const pairs = [...names];
      if (pairs.length === 0) return;
      await learnScript(
        [authors, authorsLearnt, authorsWanted],
        [bounds.namesMax, bounds.nameTtlMs, ...pairs.flat()],
      );
    },
    async awaiting(author, limit) {
      const members = await redis.zrangebylex(
        authorsAwaited,
        `[${author} `,
        `(${author}!`,
        'LIMIT',
        0,
        limit,
      );
      return members.map((member) => member.slice(author.length + 1));
    },
    async refresh(author, entityId) {
      const result = await refreshScript(
        [keys.slot(entityId), keys.bindings, keys.pending, authorsAwaited, authorsPayloads],
        [author, entityId],
      );
      return result === 'queued' || result === 'busy' ? result : 'over';
    },
    drop: async (author, until) =>
      Number(await dropScript([authorsWanted, authorsAwaited, authorsPayloads], [author, until])),
  };
}
