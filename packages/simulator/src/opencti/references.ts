import { type StixObject, stringsOf } from '../stix/object.ts';

const single = ['created_by_ref', 'source_ref', 'target_ref', 'sighting_of_ref'] as const;
const lists = ['object_marking_refs', 'granted_refs', 'where_sighted_refs'] as const;

/** STIX ids of the objects that this one refers to directly: author, markings, ends of a relation. */
export function referencesOf(object: StixObject): string[] {
  const ids: string[] = [];
  for (const key of single) {
    const id = object[key];
    if (typeof id === 'string') ids.push(id);
  }
  for (const key of lists) {
    for (const id of stringsOf(object[key])) ids.push(id);
  }
  return ids;
}

/**
 * One shared list for equal ones: the same few authors and markings come with every
 * object. A tree with a level per id, so that nothing is joined to a key; lists beyond
 * `limit` different ones are not shared.
 */
export function createReferencePool(limit = 10_000): (list: string[]) => readonly string[] {
  interface Node {
    list: readonly string[] | null;
    next: Map<string, Node>;
  }
  const root: Node = { list: null, next: new Map() };
  let nodes = 0;
  return (list) => {
    let node = root;
    for (const id of list) {
      let next = node.next.get(id);
      if (!next) {
        if (nodes >= limit) return list;
        nodes += 1;
        next = { list: null, next: new Map() };
        node.next.set(id, next);
      }
      node = next;
    }
    node.list ??= list;
    return node.list;
  };
}

/** True for objects that join others; they are held back when an end is unknown. */
export function isRelation(type: string): boolean {
  return type === 'relationship' || type === 'sighting';
}

/** The ids of a relation's two ends. */
export function endsOf(object: StixObject): string[] {
  return [
    object.source_ref,
    object.target_ref,
    object.sighting_of_ref,
    ...stringsOf(object.where_sighted_refs),
  ].filter((id) => typeof id === 'string');
}

/**
 * The ids that a connection has sent lately, so that a reference is sent once and
 * not before every object. Least recently used ids fall out.
 */
export interface SentCache {
  /** True when the id was sent lately; the id then counts as used now. */
  has(id: string): boolean;
  add(id: string): void;
}

/**
 * Keeps at least the `limit / 2` ids used last, and at most `limit`. Two generations
 * instead of an exact order: a hit on a young id, which is nearly every one, then costs
 * a single look-up.
 */
export function createSentCache(limit: number, lifeMs: number, now: () => number): SentCache {
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  const put = (id: string, at: number): void => {
    young.set(id, at);
    if (young.size * 2 <= limit) return;
    old = young;
    young = new Map();
  };
  return {
    has(id) {
      const at = young.get(id) ?? old.get(id);
      if (at === undefined || now() - at > lifeMs) return false;
      if (!young.has(id)) put(id, at);
      return true;
    },
    add: (id) => put(id, now()),
  };
}
