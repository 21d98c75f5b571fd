/**
 * The first start: a cursor that another connector (the Python one, or we with
 * another Redis) left in OpenCTI is taken over, once. A cursor in Redis wins, and
 * a cursor that was removed later (a reset) is not replaced by OpenCTI's copy.
 */
import type { StoredState } from '@xsoar-intel/opencti';
import { type CursorStore, formatCursor, type Keys, type Redis } from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import { inheritedCursor } from './inherited-state.ts';

/** What a take-over works with. */
export interface TakeOverParts {
  redis: Redis;
  keys: Keys;
  cursor: CursorStore;
  logger: Logger;
}

/** Whether the state in OpenCTI was already looked at, or is of no interest any more. */
export async function isTakenOver({ redis, keys }: TakeOverParts): Promise<boolean> {
  return (await redis.exists(keys.takenOver)) === 1;
}

/** Notes that from now on Redis alone says where to read. */
export async function noteTakenOver({ redis, keys }: TakeOverParts, how: string): Promise<void> {
  await redis.set(keys.takenOver, how, 'NX');
}

/** Writes the cursor that the state in OpenCTI tells, unless there is one or there was one. */
export async function takeOver(parts: TakeOverParts, state: StoredState): Promise<void> {
  if (await isTakenOver(parts)) return;
  const { cursor, logger } = parts;
  if ((await cursor.read()) !== '') return noteTakenOver(parts, 'there was a cursor');
  const inherited = inheritedCursor(state);
  if (inherited.kind === 'cursor') {
    const { id, recoverUntil } = inherited.cursor;
    // Compare-and-set: another ingest may have been faster.
    const { moved } = await cursor.move('', formatCursor(inherited.cursor));
    if (moved) {
      logger.info(
        { startFrom: inherited.startFrom, from: id.text, recoverUntil },
        'there is no cursor in Redis: going on from the state that OpenCTI keeps for this connector, a minute before it. If this Redis is not new but lost its data, reconcile: what was undelivered is not known any more',
      );
    }
    return noteTakenOver(parts, inherited.startFrom);
  }
  if (inherited.kind === 'unusable') {
    logger.error(
      { state: inherited.detail },
      'OpenCTI keeps a state for this connector that says no place to go on from; starting as configured',
    );
  } else {
    logger.info('no cursor in Redis and no state in OpenCTI: starting as configured');
  }
  return noteTakenOver(parts, 'nothing to take over');
}
