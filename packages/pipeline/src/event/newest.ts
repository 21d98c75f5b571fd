import { compareEventIds } from '@xsoar-intel/opencti';
import type { Put } from '../queue/slots.ts';

/**
 * Keeps of each entity only its newest state; the later one where versions are equal. One that
 * belongs to a trace says how many it made obsolete.
 */
export function newestOf(puts: Iterable<Put>): Put[] {
  const newest = new Map<string, Put>();
  for (const put of puts) {
    const known = newest.get(put.entityId);
    if (!known) newest.set(put.entityId, put);
    else if (compareEventIds(put.version, known.version) >= 0) {
      newest.set(put.entityId, follow(put, known));
    }
  }
  return [...newest.values()];
}

function follow(put: Put, { trace: before }: Put): Put {
  if (put.trace === undefined || before === undefined) return put;
  const obsolete = put.trace.obsolete + before.obsolete + 1;
  return { ...put, trace: { ...put.trace, obsolete } };
}
