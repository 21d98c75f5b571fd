import { compareEventIds } from '@xsoar-intel/opencti';
import type { Put } from '../queue/slots.ts';

/** Keeps of each entity only its newest state; the later one where versions are equal. */
export function newestOf(puts: Iterable<Put>): Put[] {
  const newest = new Map<string, Put>();
  for (const put of puts) {
    const known = newest.get(put.entityId);
    if (!known || compareEventIds(put.version, known.version) >= 0) newest.set(put.entityId, put);
  }
  return [...newest.values()];
}
