import { isAboutContent } from '../failure/meaning.ts';
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
      run: async (reason, ids, signal) => {
        const { updatedIds } = await client.batchDelete(ids, reason, signal);
        const updated = new Set(updatedIds);
        return new Map(ids.map((id) => [id, updated.has(id)]));
      },
      // One id that XSOAR refuses must not keep the others alive.
      splitOn: isAboutContent,
    });
  }

  /** Whether XSOAR says that it has deleted it; if not, it may be gone already. */
  delete(id: string, reason: string, signal?: AbortSignal): Promise<boolean> {
    return this.#batcher.ask(reason, id, signal);
  }
}
