import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';
import { asList, loadScript } from './script.ts';

/** A dead letter that somebody gives up. */
export interface Discard {
  entityId: string;
  /** Its failed job. */
  jobId: string;
  /** The version that failed; '' when nobody noted it. */
  version: string;
}

/**
 * What became of it:
 * - `discarded`: nothing is undelivered any more. `otherJob`: a second failed job of the entity;
 * - `gone`: nothing was;
 * - `newer`: a newer state, or a retry, is on its way, and stays so;
 * - `busy`: a push is under way, or a request of one may still take effect, for at most so long.
 */
export type Discarded =
  | { kind: 'discarded'; otherJob: string | null }
  | { kind: 'gone' | 'newer' }
  | { kind: 'busy'; waitMs: number };

/** Entities per script call: bounds how long Redis is busy with one. */
const CHUNK = 200;

/**
 * Returns a function that clears the slots of dead letters for good: the sweeper does not bring
 * them back, a newer event does. Their jobs are left to the caller.
 * @param tombstoneMs how long an entity that has nothing in XSOAR is remembered
 * @param note what its binding says of it: an operator gave it up, or there was no room for it
 */
export function createDiscard(
  redis: Redis,
  keys: Keys,
  tombstoneMs: number,
  note: 'discarded' | 'dropped' = 'discarded',
): (letters: readonly Discard[]) => Promise<Discarded[]> {
  const script = loadScript(redis, 'discard');

  async function discardChunk(letters: readonly Discard[]): Promise<Discarded[]> {
    const reply = asList(
      await script(
        [
          keys.pending,
          keys.dead,
          keys.bindings,
          ...letters.flatMap(({ entityId }) => [keys.slot(entityId), keys.tombstone(entityId)]),
        ],
        [
          tombstoneMs,
          note,
          ...letters.flatMap(({ entityId, jobId, version }) => [entityId, jobId, version]),
        ],
      ),
    );
    return letters.map((_, index) => discardedOf(reply[2 * index], reply[2 * index + 1]));
  }

  return async (letters) => {
    const results: Discarded[] = [];
    for (let at = 0; at < letters.length; at += CHUNK) {
      results.push(...(await discardChunk(letters.slice(at, at + CHUNK))));
    }
    return results;
  };
}

function discardedOf(kind: unknown, detail: unknown): Discarded {
  switch (kind) {
    case 'discarded':
      return { kind, otherJob: String(detail) || null };
    case 'busy':
      return { kind, waitMs: Number(detail) };
    case 'newer':
      return { kind };
    default:
      return { kind: 'gone' };
  }
}
