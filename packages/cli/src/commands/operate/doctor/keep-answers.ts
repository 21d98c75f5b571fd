import { type Keys, type Redis, writeTenantAnswers } from '@xsoar-intel/pipeline';
import type { WriteProbeReport } from '@xsoar-intel/xsoar';
import { within } from '../within.ts';
import { type Finding, ok, skipped, warning } from './finding.ts';

const WHAT = 'workers';

/** Keeps what a probe found for the workers, which read it when they start. */
export async function keepAnswers(
  redis: Redis,
  keys: Keys,
  { address, answers, failure }: WriteProbeReport,
  at: number,
): Promise<Finding> {
  // Half of the truth in the place of an older whole one would be a loss.
  if (failure !== null || answers.length === 0) {
    return skipped(WHAT, 'nothing is kept for them of a probe that ended early');
  }
  const byQuestion = Object.fromEntries(answers.map(({ question, answer }) => [question, answer]));
  try {
    await within(5_000, writeTenantAnswers(redis, keys, { address, at, answers: byQuestion }));
  } catch {
    const why = 'Redis did not take the answers: the workers cannot adapt to them.';
    return warning(WHAT, 'not told', { why, fix: 'Put Redis right, and probe again.' });
  }
  return ok(WHAT, 'adapt to these answers when they start the next time');
}
