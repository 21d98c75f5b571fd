import type { Comparison, FileReport } from '@xsoar-intel/simulator';
import pc from 'picocolors';

/** What the demo came to. */
export interface Outcome {
  file: (FileReport & { path: string }) | null;
  /** Events on the stream. */
  events: number;
  /** Indicators that OpenCTI holds in the end. */
  indicators: number;
  comparison: Comparison;
  /** Entities of which nothing is in XSOAR, by reason. */
  skipped: ReadonlyMap<string, number>;
  /** Entities of which only a part is in XSOAR, by reason. */
  partly: ReadonlyMap<string, number>;
  rejected: number;
  dead: number;
  xsoarObjects: number;
  requests: number;
  /** From the start of the command, ms. */
  firstDeliveredMs: number | null;
  /** From the first event to the last settle, ms. */
  durationMs: number;
  deliveries: number;
  /** Most resident memory seen, by process, bytes. */
  peakRss: ReadonlyMap<string, number>;
}

const n = (value: number): string => Math.round(value).toLocaleString('en-US');
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** The longest reason with the longest observable type, and a gap. */
const LABEL_WIDTH = 58;

/** Sums counts. */
const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

/** Whether everything is accounted for and XSOAR is what the stream said. */
export function isProved(outcome: Outcome): boolean {
  const { comparison, dead, skipped, indicators } = outcome;
  const accounted = comparison.checked + total(skipped) + dead;
  return comparison.equal && dead === 0 && accounted >= indicators;
}

/** The summary as lines for a person. */
export function formatSummary(outcome: Outcome): string {
  const { comparison, file, skipped, partly } = outcome;
  const lines: string[] = ['', pc.bold('What came, and what became of it')];
  const row = (label: string, value: string): void => {
    lines.push(`  ${label.padEnd(LABEL_WIDTH)}${value}`);
  };
  const reasons = (counts: ReadonlyMap<string, number>): void => {
    for (const [reason, count] of [...counts].sort((a, b) => b[1] - a[1])) {
      row(`    ${reason}`, n(count));
    }
  };

  if (file) {
    row('indicators in the file', n(file.indicators));
    const repeated = file.indicators - outcome.indicators;
    if (repeated > 0) row('  the same indicator again', n(repeated));
    if (file.bad > 0) row('  lines that are no STIX object', n(file.bad));
  }
  row('events on the stream', n(outcome.events));
  row('indicators in OpenCTI at the end', n(outcome.indicators));
  row('  in XSOAR, newest state', n(comparison.checked - comparison.missing.length));
  row('  skipped, with a reason', n(total(skipped)));
  reasons(skipped);
  row('  dead letters', n(outcome.dead));
  if (total(partly) > 0) {
    row('of those in XSOAR, left out in part', n(total(partly)));
    reasons(partly);
  }
  row('indicators in XSOAR', n(outcome.xsoarObjects));
  if (outcome.rejected > 0) row('events set aside', n(outcome.rejected));

  lines.push('', pc.bold('How it went'));
  if (outcome.firstDeliveredMs !== null) {
    row('first indicator in XSOAR after', seconds(outcome.firstDeliveredMs));
  }
  row('all delivered after', seconds(outcome.durationMs));
  row('deliveries', `${n(outcome.deliveries)} (${n(outcome.requests)} requests to XSOAR)`);
  row('rate', `${n((outcome.deliveries / Math.max(outcome.durationMs, 1)) * 1_000)} per second`);
  for (const [name, bytes] of outcome.peakRss) {
    row(`peak memory of ${name}`, `${(bytes / 2 ** 20).toFixed(0)} MB`);
  }

  lines.push('');
  if (isProved(outcome)) {
    lines.push(
      pc.green(
        `XSOAR holds what the stream said: ${n(comparison.checked)} indicators compared, 0 missing, 0 stale, 0 too many.`,
      ),
    );
  } else {
    lines.push(pc.red('XSOAR does not hold what the stream said:'));
    row('missing', n(comparison.missing.length));
    row('stale', n(comparison.stale.length));
    row('too many', n(comparison.extra.length));
    row('dead letters', n(outcome.dead));
    for (const { entityId, value } of comparison.missing.slice(0, 5)) {
      lines.push(`  missing: ${value ?? 'any value'} of ${entityId}`);
    }
    for (const { value, field, expected, actual } of comparison.stale.slice(0, 5)) {
      lines.push(
        `  stale: ${field} of ${value} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`,
      );
    }
    for (const { value } of comparison.extra.slice(0, 5)) lines.push(`  too many: ${value}`);
  }
  return `${lines.join('\n')}\n`;
}
