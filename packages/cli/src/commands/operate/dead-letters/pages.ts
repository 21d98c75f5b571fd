import type { DeadLetter, DeadLetterStore } from '@xsoar-intel/pipeline';
import type { Filter } from './filter.ts';

/**
 * Dead letters at a time: bounds the memory here, how long Redis is busy, and what is left undone
 * when somebody interrupts.
 */
export const PAGE = 1_000;

/** A page of what is meant, and how far it goes. */
export interface Page {
  letters: DeadLetter[];
  /** Of all dead letters, looked at so far and there were. */
  looked: number;
  total: number;
}

/** Reads these dead letters page by page, up to `limit` of those that the filter lets through. */
export async function* pagesOf(
  store: DeadLetterStore,
  jobIds: readonly string[],
  { filter, limit }: { filter: Filter | null; limit: number },
): AsyncGenerator<Page> {
  let left = limit;
  for (let at = 0; at < jobIds.length && left > 0; at += PAGE) {
    const ids = jobIds.slice(at, filter === null ? Math.min(at + PAGE, at + left) : at + PAGE);
    const read = await store.read(ids);
    const letters = (filter === null ? read : read.filter(filter)).slice(0, left);
    left -= letters.length;
    yield { letters, looked: at + ids.length, total: jobIds.length };
  }
}
