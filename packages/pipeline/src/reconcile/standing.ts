import { type EventId, parseEventId } from '@xsoar-intel/opencti';
import type { Redis } from '../queue/connection.ts';
import type { Keys } from '../queue/keys.ts';

/** How our own side stands to an entity. */
export interface Standing {
  /** `pending`: its newest state is on its way; `dead`: it is a dead letter. */
  state: 'settled' | 'pending' | 'dead';
  /** The newest version that is known, delivered or not; null for none. */
  version: EventId | null;
  /** That version is a delete: it was deleted, or left the stream. */
  gone: boolean;
}

/** Whether nothing happened to an entity between two looks. Pure. */
export function isSame(before: Standing | undefined, after: Standing | undefined): boolean {
  return before?.state === after?.state && before?.version?.text === after?.version?.text;
}

/** Commands to Redis for one entity. */
const COMMANDS = 6;

/** Reads the standing of entities, by id. */
export async function readStanding(
  redis: Redis,
  keys: Keys,
  entityIds: readonly string[],
): Promise<Map<string, Standing>> {
  const pipeline = redis.pipeline();
  for (const entityId of entityIds) {
    pipeline.hget(keys.slot(entityId), 'v');
    pipeline.hget(keys.slot(entityId), 'op');
    pipeline.zscore(keys.dead, entityId);
    pipeline.hget(keys.bindings, entityId);
    pipeline.hget(keys.tombstone(entityId), 'v');
    pipeline.hget(keys.tombstone(entityId), 'skip');
  }
  const replies = ((await pipeline.exec()) ?? []).map(([error, reply]) => {
    if (error !== null) throw error;
    return typeof reply === 'string' ? reply : null;
  });
  return new Map(
    entityIds.map((entityId, index) => {
      const at = index * COMMANDS;
      const [slot, operation, dead, binding, tombstone, skip] = replies.slice(at, at + COMMANDS);
      const applied = binding ? appliedVersion(binding) : (tombstone ?? null);
      const state = dead != null ? 'dead' : slot != null ? 'pending' : 'settled';
      const version = parseEventId(slot ?? applied ?? '');
      // What was left out has a tombstone as well, which says why.
      const gone =
        slot != null ? operation === 'delete' : binding == null && tombstone != null && !skip;
      return [entityId, { state, version, gone }] as const;
    }),
  );
}

/** A binding is a list that begins with the version. */
function appliedVersion(binding: string): string | null {
  const list: unknown = JSON.parse(binding);
  const [version]: unknown[] = Array.isArray(list) ? list : [];
  return typeof version === 'string' ? version : null;
}
