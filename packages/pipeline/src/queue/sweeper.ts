/**
 * The sweeper: whatever is unsettled has a job, or gets one (law L6). It finds
 * states whose job was deleted on the board, lost by a crash between slot and
 * job, or that wait for their provisional window to close, and failed jobs that
 * nobody noted: dead letters if their entity is undelivered, else of no use.
 */
import type { Redis } from './connection.ts';
import { addDeliveries, type DeliveryQueue } from './delivery-queue.ts';
import { DELIVERY_QUEUE, type Keys } from './keys.ts';
import { asList, loadScript } from './script.ts';

/** What one sweep did. */
export interface Sweep {
  /** Entities looked at. */
  seen: number;
  /** Entities that got a job. */
  revived: number;
}

/** Entities per script call: keeps Redis free for others in between. */
const PAGE = 500;

/** Returns a function that sweeps once. `graceMs`: how long a state may be without a job. */
export function createSweeper(
  redis: Redis,
  keys: Keys,
  queue: DeliveryQueue,
  graceMs: number,
): () => Promise<Sweep> {
  const script = loadScript(redis, 'sweep');
  const outlived = loadScript(redis, 'outlived');
  const forgetLeft = loadScript(redis, 'forget-left');
  const jobs = `${keys.prefix}:${DELIVERY_QUEUE}`;

  async function sweepSet(source: 'pending' | 'dead'): Promise<Sweep> {
    let offset = 0;
    let seen = 0;
    let revived = 0;
    for (;;) {
      const [looked, left, ...orphans] = asList(
        await script(
          [keys.pending, keys.dead, `${jobs}:failed`, keys.holds],
          [source, offset, PAGE, graceMs, keys.slot(''), `${jobs}:de:`, `${jobs}:`],
        ),
      );
      await addDeliveries(queue, orphans.map(String));
      seen += Number(looked);
      revived += orphans.length;
      if (Number(looked) < PAGE) return { seen, revived };
      offset += PAGE - Number(left);
    }
  }

  async function removeOutlived(): Promise<void> {
    let offset = 0;
    for (;;) {
      const [looked, ...jobIds] = asList(
        await outlived([`${jobs}:failed`], [offset, PAGE, keys.slot(''), `${jobs}:`]),
      );
      let removed = 0;
      for (const jobId of jobIds) removed += await queue.remove(String(jobId));
      if (Number(looked) < PAGE) return;
      offset += PAGE - removed;
    }
  }

  async function forgetValues(): Promise<void> {
    while (Number(await forgetLeft([keys.left, keys.values], [PAGE])) === PAGE);
  }

  return async () => {
    await removeOutlived();
    await forgetValues();
    const dead = await sweepSet('dead');
    const pending = await sweepSet('pending');
    return { seen: dead.seen + pending.seen, revived: dead.revived + pending.revived };
  };
}
