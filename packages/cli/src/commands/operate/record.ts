import { recordAction } from '@xsoar-intel/pipeline';
import { visible } from '../../terminal/visible.ts';
import type { Session } from './session.ts';
import { whoAmI } from './who.ts';

/**
 * Writes down what was done, and by whom. Where that fails it is only told: what was done is done,
 * and a command that failed for its record would be given again.
 */
export async function record(
  { redis, keys }: Session,
  action: string,
  detail: string,
): Promise<void> {
  try {
    await recordAction(redis, keys, { by: whoAmI(), action, detail });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`warning: who did this could not be noted: ${visible(reason)}\n`);
  }
}
