import { type ProbeAnswer, probeWrites, type XsoarClient } from '@xsoar-intel/xsoar';
import { visible } from '../../../terminal/visible.ts';
import { type Finding, failed, ok, skipped, warning } from './finding.ts';

/**
 * Finds out, on one `.invalid` domain that is deleted again, how this XSOAR answers what
 * differs between tenants. Nothing of it has to be configured.
 */
export async function examineAnswers(client: XsoarClient): Promise<Finding[]> {
  const report = await probeWrites(client);
  const findings = report.answers.map(findingOf);
  for (const question of report.unanswered) {
    findings.push(skipped(nameOf(question), 'not asked, since an earlier step failed'));
  }
  if (report.failure !== null) {
    const fix = 'Look at the findings above, and try again.';
    findings.push(failed('probe', 'ended early', { why: visible(report.failure), fix }));
  }
  if (!report.cleanedUp) {
    const fix = `Search XSOAR for ${report.value} and delete it.`;
    findings.push(warning('probe', 'something may be left', { why: 'It still showed.', fix }));
  }
  return findings;
}

function findingOf({ question, asked, answer, words, effect, verdict }: ProbeAnswer): Finding {
  const what = nameOf(question);
  const detail = visible(`${asked} ${words}`);
  const meaning = { why: effect, fix: 'See "What a tenant may answer" in docs/xsoar.md.' };
  if (verdict === 'problem') return { ...failed(what, detail, meaning), answer };
  return { ...ok(what, detail), answer, so: effect };
}

/** `staleVersion` as `stale version`. */
function nameOf(question: string): string {
  return question.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
