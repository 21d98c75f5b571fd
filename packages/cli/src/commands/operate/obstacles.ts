import { createHolds, createWorkerSigns, HOLD_ADVICE } from '@xsoar-intel/pipeline';
import type { Session } from './session.ts';

/** Why a delivery that was asked for does not go at once, as lines for the person who asked. */
export async function obstacles({ redis, keys }: Session): Promise<string[]> {
  const [holds, workers] = await Promise.all([
    createHolds(redis, keys).list(),
    createWorkerSigns(redis, keys, Date.now).list(),
  ]);
  return [
    ...holds.map(
      ({ kind }) =>
        `But deliveries are held (${kind}): ${HOLD_ADVICE[kind].what} ${HOLD_ADVICE[kind].action}`,
    ),
    ...(workers.length === 0 ? ['But no worker is alive: start "xsoar-intel worker".'] : []),
  ];
}
