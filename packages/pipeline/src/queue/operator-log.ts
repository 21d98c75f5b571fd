/**
 * What operators did by the command line: a bounded Redis stream, the newest last. Nothing decides
 * by it; it tells whoever looks next who changed what. The board logs its actions itself.
 */
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';

/** One action. */
export interface OperatorAction {
  /** `user@host`. */
  by: string;
  /** The command, such as `cursor set`. */
  action: string;
  /** What it was done to, in words. */
  detail: string;
}

/** How many are kept; each takes about 200 bytes. */
const KEPT = 1_000;

/** Writes an action down. */
export async function recordAction(
  redis: Redis,
  keys: Keys,
  { by, action, detail }: OperatorAction,
): Promise<void> {
  await redis.xadd(
    ...([keys.operatorLog, 'MAXLEN', '~', KEPT, '*'] as const),
    ...['by', by, 'action', action, 'detail', detail],
  );
}

/** The newest actions, newest first. `at`: ms since 1970, by the clock of Redis. */
export async function listActions(
  redis: Redis,
  keys: Keys,
  count: number,
): Promise<(OperatorAction & { at: number })[]> {
  const entries = await redis.xrevrange(keys.operatorLog, '+', '-', 'COUNT', count);
  return entries.map(([id, fields]) => {
    const get = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
    const [ms] = id.split('-');
    return { at: Number(ms), by: get('by'), action: get('action'), detail: get('detail') };
  });
}
