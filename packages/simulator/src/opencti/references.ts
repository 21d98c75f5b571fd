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

export function createSentCache(limit: number, lifeMs: number, now: () => number): SentCache {
  const sentAt = new Map<string, number>();
  return {
    has(id) {
      const at = sentAt.get(id);
      if (at === undefined) return false;
      sentAt.delete(id);
      if (now() - at > lifeMs) return false;
      sentAt.set(id, at);
      return true;
    },
    add(id) {
      sentAt.delete(id);
      sentAt.set(id, now());
      if (sentAt.size <= limit) return;
      for (const oldest of sentAt.keys()) {
        sentAt.delete(oldest);
        break;
      }
    },
  };
}
