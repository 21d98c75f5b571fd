import type { Paint } from '../../../terminal/paint.ts';
import { padded } from '../../../terminal/visible.ts';
import type { Outcome } from '../judge.ts';
import type { Count, Summary } from '../summary.ts';

const outcomeWords: readonly [Outcome, string][] = [
  ['sent', 'sent to XSOAR'],
  ['removed', 'deletes'],
  ['left-out', 'not sent'],
  ['ignored', 'ignored'],
  ['unreadable', 'unreadable'],
];

const reasonWords = new Map<string, string>([
  ['not-indicator', 'objects of other types, which are not pushed'],
  ['no-pattern', 'no pattern'],
  ['not-stix-pattern', 'YARA, Sigma and the like: rules name no value'],
  ['pattern-syntax', 'the pattern breaks the STIX grammar'],
  ['pattern-limit', 'the pattern is longer, deeper or wider than the limits'],
  ['no-observed-value', 'comparisons that name no value: negated, ranges, LIKE, MATCHES'],
  ['unsupported-observable', 'XSOAR has no indicator type for it'],
  ['bad-value', 'the value is none of its type'],
  ['no-field', 'a detail beside the value, and XSOAR has no field for it'],
  ['too-many-values', 'more values than XSOAR_MAX_VALUES'],
  ['first-value-only', 'more values than the one that XSOAR_MULTI_VALUE allows'],
  ['score-below', 'filter: score'],
  ['label-missing', 'filter: labels'],
  ['label-excluded', 'filter: labels'],
  ['tlp-above', 'filter: TLP'],
  ['pattern-type', 'filter: kind of pattern'],
  ['observable-type', 'filter: kind of observable'],
  ['too-old', 'filter: age'],
  ['event-type', 'filter: kind of event'],
  ['never-push', 'filter: values never to push'],
  ['unreadable', 'no JSON, or no STIX'],
]);

/** The table at the end: how many came to what, and why. */
export function summaryText(summary: Summary, paint: Paint): string {
  const { subjects, outcomes, types, indicators, different } = summary;
  const rows = outcomeWords.flatMap(([outcome, words]) => {
    const count = outcomes.get(outcome);
    return count === undefined ? [] : [[number(count), words] as const];
  });
  const width = Math.max(...rows.map(([count]) => count.length), number(subjects).length);
  const lines = [paint.title(`Summary of ${number(subjects)} objects`)];
  for (const [count, words] of rows) {
    const repeats =
      words === 'sent to XSOAR' ? ` as ${number(indicators)} ${indicatorWord(indicators)}` : '';
    lines.push(`  ${count.padStart(width)}  ${words}${repeats}`);
    if (words === 'sent to XSOAR') lines.push(...typeLines(types, different, indicators, width));
  }
  const why = reasonLines(summary.reasons, paint);
  if (why.length > 0) lines.push('', paint.title('Why objects are not sent'), ...why);
  const parts = reasonLines(summary.partReasons, paint);
  if (parts.length > 0) lines.push('', paint.title('Left out of objects that are sent'), ...parts);
  const example = [...summary.reasons.values(), ...summary.partReasons.values()]
    .map(({ example: place }) => /^line (\d+)$/.exec(place)?.[1])
    .find((line) => line !== undefined);
  if (example !== undefined) {
    lines.push('', `To see one of them: sed -n ${example}p FILE | xsoar-intel explain -`);
  }
  return lines.join('\n');
}

function typeLines(
  types: ReadonlyMap<string, number>,
  different: number,
  indicators: number,
  width: number,
): string[] {
  const indent = ' '.repeat(width + 4);
  const list = [...types].sort(([, a], [, b]) => b - a);
  const text = list.map(([type, count]) => `${type} ${number(count)}`).join(', ');
  const same =
    different === indicators ? '' : `${number(different)} different, repeats are merged: `;
  return [`${indent}${same}${text}`];
}

function reasonLines(reasons: ReadonlyMap<string, Count>, paint: Paint): string[] {
  const rows = [...reasons].sort(([, a], [, b]) => b.count - a.count);
  const width = Math.max(0, ...rows.map(([, { count }]) => number(count).length));
  const name = Math.max(0, ...rows.map(([reason]) => reason.length));
  return rows.map(([reason, { count, example, observables }]) => {
    const which = [...observables]
      .sort(([, a], [, b]) => b - a)
      .slice(0, 5)
      .map(([type, many]) => (observables.size === 1 ? type : `${type} ${number(many)}`));
    const words = [reasonWords.get(reason) ?? '', which.length > 0 ? `(${which.join(', ')})` : ''];
    const where = example === '' ? '' : paint.faint(`  first: ${example}`);
    return `  ${number(count).padStart(width)}  ${padded(reason, name)}  ${words.filter((word) => word !== '').join(' ')}${where}`;
  });
}

function indicatorWord(count: number): string {
  return count === 1 ? 'indicator' : 'indicators';
}

function number(count: number): string {
  return count.toLocaleString('en-GB');
}
