import type { WriterClient } from '@xsoar-intel/xsoar';
import pLimit from 'p-limit';

/**
 * The same client, with so many writes at a time at most; look-ups go at once. A write
 * that waits for its turn has not been sent: given up then, it leaves no doubt.
 */
export function limitWrites(client: WriterClient, atATime: number): WriterClient {
  const turn = pLimit(atATime);
  return {
    create: (indicator, signal) => turn(() => client.create(indicator, signal)),
    edit: (indicator, signal) => turn(() => client.edit(indicator, signal)),
    batchDelete: (targets, reason, signal) =>
      turn(() => client.batchDelete(targets, reason, signal)),
    search: (filter, signal) => client.search(filter, signal),
  };
}
