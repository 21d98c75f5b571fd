import { type EventId, parseEventId } from '@xsoar-intel/opencti';
import { readBinding } from './binding-scan.ts';
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';
import { asList, loadScript } from './script.ts';
import type { Put } from './slots.ts';

/**
 * What became of a state that was to be delivered again:
 * - `written`: it is in the slot, forced; it needs a delivery job;
 * - `newer`: this newer version is known, and nothing was changed;
 * - `busy`: a push of the entity is under way, for at most so long.
 */
export type Restated =
  | { kind: 'written' }
  | { kind: 'newer'; known: string }
  | { kind: 'busy'; waitMs: number };

/** States that are delivered whether or not they are known to be. */
export interface Restate {
  /** The newest version that is known of an entity, delivered or not; null for none. */
  known(entityId: string): Promise<EventId | null>;
  /** Puts states back, each only where no newer one is known. */
  put(states: readonly Put[]): Promise<Restated[]>;
}

/** Entities per script call: bounds how long Redis is busy with one. */
const CHUNK = 100;

/** For a resync, and for states that were exported before. */
export function createRestate(redis: Redis, keys: Keys): Restate {
  const script = loadScript(redis, 'restate');

  async function putChunk(states: readonly Put[]): Promise<Restated[]> {
    const reply = asList(
      await script(
        [
          keys.pending,
          keys.dead,
          keys.bindings,
          ...states.flatMap(({ entityId }) => [keys.slot(entityId), keys.tombstone(entityId)]),
        ],
        states.flatMap(({ entityId, version, operation, payload }) => [
          ...[entityId, version.ms, version.seq, operation, payload],
        ]),
      ),
    );
    return states.map((_, index) => restatedOf(reply[2 * index], reply[2 * index + 1]));
  }

  return {
    async known(entityId) {
      const [slot, binding] = await Promise.all([
        redis.hget(keys.slot(entityId), 'v'),
        readBinding(redis, keys, entityId),
      ]);
      return parseEventId(slot ?? binding?.version ?? '');
    },
    async put(states) {
      const results: Restated[] = [];
      for (let at = 0; at < states.length; at += CHUNK) {
        results.push(...(await putChunk(states.slice(at, at + CHUNK))));
      }
      return results;
    },
  };
}

function restatedOf(kind: unknown, detail: unknown): Restated {
  switch (kind) {
    case 'newer':
      return { kind, known: String(detail) };
    case 'busy':
      return { kind, waitMs: Number(detail) };
    default:
      return { kind: 'written' };
  }
}
