import { isAboutContent } from '../failure/meaning.ts';
import { type DeleteTarget, idOf } from '../write-request.ts';
import type { XsoarClient } from '../xsoar-client.ts';
import { Batcher } from './batcher.ts';
import type { BatchSizes } from './lookups.ts';

/** Deletes indicators; all that is asked for at about the same time goes into one batchDelete. */
export class Deletions {
  readonly #batcher: Batcher<boolean>;

  constructor(client: Pick<XsoarClient, 'batchDelete'>, sizes: BatchSizes) {
    this.#batcher = new Batcher({
      ...sizes,
      operation: 'delete',
      maxCharacters: 64 * 1024,
      leavesDoubt: true,
      run: async (reason, keys, signal) => {
        const targets = keys.map((key) => JSON.parse(key) as DeleteTarget);
        const { updatedIds } = await client.batchDelete(targets, reason, signal);
        const updated = new Set(updatedIds);
        const named = Map.groupBy(targets, idOf);
        // Where two values claim one id, nobody can tell which of them was meant.
        const isDeleted = (id: string) => updated.has(id) && named.get(id)?.length === 1;
        return new Map(targets.map((target, n) => [keys[n] ?? '', isDeleted(idOf(target))]));
      },
      // One id that XSOAR refuses must not keep the others alive. A 500 may be about all of
      // them as well: then halves of halves would only be more load.
      splitOn: (error, isHalf) => isAboutContent(error) || (error.status === 500 && !isHalf),
    });
  }

  /** Whether XSOAR says that it has deleted it; if not, it may be gone already. */
  delete(target: DeleteTarget, reason: string, signal?: AbortSignal): Promise<boolean> {
    return this.#batcher.ask(reason, JSON.stringify(target), signal);
  }
}
