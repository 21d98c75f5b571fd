/** Walks over the bindings: which entities were applied, and which were left out, why. */
import { Cluster } from 'ioredis';
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';

/** One binding as stored. */
export interface BindingView {
  entityId: string;
  /** Version applied last; null when none was settled yet. */
  version: string | null;
  /** Keys of its values. */
  values: string[];
  /** Why it, or a part of it, is not in XSOAR; null when all of it is. */
  skipReason: string | null;
  /** The observable that the reason speaks of, if it speaks of one. */
  skipObservable: string | null;
}

/** What a binding remembers of something that was left out: the reason, and the observable's type. */
export function formatSkip(skip: { reason: string; observableType?: string }): string {
  return skip.observableType === undefined ? skip.reason : `${skip.reason}/${skip.observableType}`;
}

/** Reads one binding; null when nothing is remembered of the entity. */
export async function readBinding(
  redis: Redis,
  keys: Keys,
  entityId: string,
): Promise<BindingView | null> {
  const stored = await redis.hget(keys.bindings, entityId);
  if (stored !== null) return bindingView(entityId, stored);
  const [version = null, skip = null] = await redis.hmget(keys.tombstone(entityId), 'v', 'skip');
  return version === null ? null : view(entityId, version, skip ?? '', []);
}

/** Keys per SCAN step. */
const STEP = 1_000;

/** Reads all bindings, a step at a time. Takes a while on millions; nobody else waits for it. */
export async function* scanBindings(redis: Redis, keys: Keys): AsyncGenerator<BindingView> {
  let position = '0';
  do {
    const [next, found] = await redis.hscan(keys.bindings, position, 'COUNT', STEP);
    position = next;
    for (let at = 0; at + 1 < found.length; at += 2) {
      yield bindingView(found[at] ?? '', found[at + 1] ?? '');
    }
  } while (position !== '0');
  yield* scanTombstones(redis, keys);
}

async function* scanTombstones(redis: Redis, keys: Keys): AsyncGenerator<BindingView> {
  const prefix = keys.tombstone('');
  // In a cluster all keys of a connector are on one node, but SCAN asks a node, not a slot.
  const nodes = redis instanceof Cluster ? redis.nodes('master') : [redis];
  // SCAN patterns know [ ] * ? and \: the prefix has none of them but may have braces, which are plain.
  const pattern = `${prefix.replace(/[[\]*?\\]/g, '\\$&')}*`;
  for (const node of nodes) {
    let position = '0';
    do {
      const [next, found] = await node.scan(position, 'MATCH', pattern, 'COUNT', STEP);
      position = next;
      const views = await Promise.all(
        found.map(async (key) => {
          const [version = null, skip = null] = await node.hmget(key, 'v', 'skip');
          return view(key.slice(prefix.length), version, skip ?? '', []);
        }),
      );
      yield* views;
    } while (position !== '0');
  }
}

/** Reads what the scripts store: version, why it was skipped or '', keys of its values. */
function bindingView(entityId: string, stored: string): BindingView {
  const list: unknown = JSON.parse(stored);
  const [version = '', skip = '', ...values] = Array.isArray(list) ? list.map(String) : [];
  return view(entityId, version || null, skip, values);
}

function view(
  entityId: string,
  version: string | null,
  skip: string,
  values: string[],
): BindingView {
  const [reason = '', observable = null] = skip.split('/');
  return { entityId, version, values, skipReason: reason || null, skipObservable: observable };
}
