/**
 * Completes indicators that went out without their author's name: the active
 * ingest, which has the token, asks OpenCTI for the names that are wanted, and
 * makes those that wait for one dirty again. Nothing waits for any of this.
 */
import { type OpenctiApi, OpenctiError } from '@xsoar-intel/opencti';
import { type AuthorNames, addDeliveries, type DeliveryQueue } from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import { pause } from './pause.ts';

/** What a lookup works with. */
export interface LookupParts {
  names: AuthorNames;
  api: Pick<OpenctiApi, 'identityNames'>;
  queue: DeliveryQueue;
  logger: Logger;
  /** Told of each name that was asked for, and of entities that were made dirty again. */
  onLookup(outcome: LookupOutcome, count: number): void;
  onRefresh(count: number): void;
  /** ms since 1970 */
  now(): number;
}

/** What OpenCTI said to a name. */
export const LOOKUP_OUTCOMES = ['found', 'absent', 'failed'] as const;
/** One of {@link LOOKUP_OUTCOMES}. */
export type LookupOutcome = (typeof LOOKUP_OUTCOMES)[number];

/** Times in ms. */
export interface LookupTimes {
  everyMs: number;
  /** After OpenCTI could not be asked. */
  failedMs: number;
  /** How long it is believed that there is no such name. */
  absentMs: number;
}

/** Sized so that a lookup is a rare guest at the platform. */
export const LOOKUP_TIMES: LookupTimes = { everyMs: 2_000, failedMs: 30_000, absentMs: 3_600_000 };

/** Names in one round: 25 requests of two, four at a time. */
const NAMES_MAX = 50;
/** Entities made dirty in one round for each name. */
const ENTITIES_MAX = 200;

/** Looks names up until the returned function is called; that resolves when nothing is under way. */
export function lookUpAuthors(
  parts: LookupParts,
  times: LookupTimes = LOOKUP_TIMES,
): () => Promise<void> {
  const { names, api, logger } = parts;
  const ending = new AbortController();
  let failing = false;

  /** Asks for what is not known; returns what is known then. */
  async function namesOf(wanted: readonly string[]): Promise<Map<string, string>> {
    const known = await names.known(wanted);
    const missing = wanted.filter((ref) => !known.has(ref));
    if (missing.length === 0) return known;
    const found = await api.identityNames(missing, ending.signal);
    await names.learn(found);
    parts.onLookup('found', found.size);
    for (const ref of missing) {
      if (found.has(ref)) continue;
      await names.drop(ref, parts.now() + times.absentMs);
      parts.onLookup('absent', 1);
    }
    return new Map([...known, ...found]);
  }

  async function refresh(author: string): Promise<void> {
    const queued: string[] = [];
    for (const entityId of await names.awaiting(author, ENTITIES_MAX)) {
      if ((await names.refresh(author, entityId)) === 'queued') queued.push(entityId);
    }
    await addDeliveries(parts.queue, queued);
    parts.onRefresh(queued.length);
    await names.drop(author, 0);
  }

  async function round(): Promise<number> {
    const wanted = await names.wanted(parts.now(), NAMES_MAX);
    const asked: string[] = [];
    for (const ref of wanted) {
      // An absence that was believed long enough is forgotten, not asked for again.
      if ((await names.drop(ref, 0)) > 0) asked.push(ref);
    }
    for (const author of (await namesOf(asked)).keys()) await refresh(author);
    if (failing) logger.info('OpenCTI tells the names of authors again');
    failing = false;
    return times.everyMs;
  }

  async function guarded(): Promise<number> {
    try {
      return await round();
    } catch (error) {
      if (ending.signal.aborted) return 0;
      if (error instanceof OpenctiError) parts.onLookup('failed', 1);
      const reason = error instanceof Error ? error.message : String(error);
      if (!failing) {
        logger.warn(
          { reason },
          'names of authors cannot be looked up; indicators go without them and are completed later',
        );
      }
      failing = true;
      return times.failedMs;
    }
  }

  const loop = (async () => {
    while (!ending.signal.aborted) await pause(await guarded(), ending.signal);
  })();
  return async () => {
    ending.abort();
    await loop;
  };
}
