import { randomUUID } from 'node:crypto';
import { parseEventId } from '@xsoar-intel/opencti';
import {
  connectRedis,
  createCursorStore,
  createHolds,
  createSlots,
  createSweeper,
  keysOf,
  type LeaseTimes,
  openDeliveryQueue,
  type Put,
  readOwnedRecords,
} from '@xsoar-intel/pipeline';

/** Short times, so that tests can wait for a lease to run out. */
export const TIMES: LeaseTimes = { leaseMs: 150, lateWindowMs: 200, tombstoneMs: 60_000 };

/** A connector of a test's own in a shared Redis: its keys start with a fresh id. */
export function openWorld(url: string, times: LeaseTimes = TIMES) {
  const redis = connectRedis(url, 'test', () => {});
  const keys = keysOf(randomUUID());
  const queue = openDeliveryQueue(redis, keys, { attempts: 3, onError: () => {} });
  return {
    redis,
    keys,
    queue,
    slots: createSlots(redis, keys, times),
    cursor: createCursorStore(redis, keys),
    holds: createHolds(redis, keys),
    /** What is known of a value; null when nothing is. */
    record: async (key: string) => (await readOwnedRecords(redis, keys, [key])).get(key) ?? null,
    sweep: createSweeper(redis, keys, queue, 50),
    async close() {
      await queue.close();
      redis.disconnect();
    },
  };
}

/** A state of an entity at a version `<ms>-<seq>`. */
export function state(
  entityId: string,
  version: string,
  operation: Put['operation'] = 'upsert',
): Put {
  const id = parseEventId(version);
  if (!id) throw new Error(`not a version: ${version}`);
  return { entityId, version: id, operation, payload: JSON.stringify({ at: version }) };
}

/** Nothing was done in XSOAR, nothing is bound. */
export const NOTHING = { values: [], bound: [], skipReason: null, answered: true };
