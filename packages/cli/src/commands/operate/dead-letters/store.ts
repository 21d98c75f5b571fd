import { createDeadLetters, type DeadLetterStore } from '@xsoar-intel/pipeline';
import type { Session } from '../session.ts';

/** The dead letters of a session's connector. */
export function storeOf({ redis, keys, queue, config }: Session): DeadLetterStore {
  return createDeadLetters(redis, keys, queue, config.slots.tombstoneMs);
}
