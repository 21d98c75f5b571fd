import { createHolds, HOLD_ADVICE, WORKER_SILENT_MS } from '@xsoar-intel/pipeline';
import type { Session } from './session.ts';

/** Why a delivery that was asked for does not go at once, as lines for the person who asked. */
export async function obstacles({ redis, keys }: Session): Promise<string[]> {
  const [holds, workers] = await Promise.all([
    createHolds(redis, keys).list(),
    redis.zcount(keys.workers, Date.now() - WORKER_SILENT_MS, '+inf'),
  ]);
  return [
    ...holds.map(
      ({ kind }) =>
        `But deliveries are held (${kind}): ${HOLD_ADVICE[kind].what} ${HOLD_ADVICE[kind].action}`,
    ),
    ...(workers === 0 ? ['But no worker is alive: start "xsoar-intel worker".'] : []),
  ];
}
