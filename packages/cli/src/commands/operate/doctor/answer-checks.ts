import {
  OPEN_QUESTION,
  type ProbeAnswer,
  probeWrites,
  type WriteProbeReport,
  type XsoarClient,
} from '@xsoar-intel/xsoar';
import { visible } from '../../../terminal/visible.ts';
import { type Finding, failed, ok, skipped, warning } from './finding.ts';

/** Longest wait for the index, in ms: a slow one shows as slow, not as broken. */
const MAX_INDEX_LAG_MS = 120_000;

/**
 * Finds out, on one `.invalid` domain that is deleted again, how this XSOAR answers what
 * differs between tenants. Nothing of it has to be configured.
 */
export function examineAnswers(client: XsoarClient): Promise<WriteProbeReport> {
  return probeWrites(client, { maxIndexLagMs: MAX_INDEX_LAG_MS });
}

/** What a probe found, question by question; those that it did not ask are there too. */
export function answerFindings(report: WriteProbeReport): Finding[] {
  const findings = report.answers.map(findingOf);
  for (const question of report.unanswered) {
    const number = OPEN_QUESTION[question];
    const detail = `${numbered(number ?? null)}not asked, since an earlier step failed`;
    findings.push(skipped(nameOf(question), detail));
  }
  for (const { number, asked, because, effect } of report.unprobed) {
    const detail = `${numbered(number)}${asked} Not probed, because ${because}.`;
    findings.push({ ...skipped('not probed', detail), so: effect });
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

/** Of docs/xsoar.md. */
const HEADING = "Open questions, and your tenant's answers";

function findingOf(found: ProbeAnswer): Finding {
  const { question, number, asked, answer, words, effect, verdict } = found;
  const what = nameOf(question);
  const detail = visible(`${numbered(number)}${asked} ${words}`);
  const meaning = { why: effect, fix: `See "${HEADING}" in docs/xsoar.md.` };
  if (verdict === 'problem') return { ...failed(what, detail, meaning), answer };
  if (verdict === 'note') return { ...warning(what, detail, meaning), answer };
  return { ...ok(what, detail), answer, so: effect };
}

/** `staleVersion` as `stale version`. */
function nameOf(question: string): string {
  return question.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** Before a question: its number among the open questions. */
function numbered(number: number | null): string {
  return number === null ? '' : `[Q${number}] `;
}
