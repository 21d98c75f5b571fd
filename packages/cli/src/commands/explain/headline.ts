import type { MappingResult } from '@xsoar-intel/pipeline';
import { excerpt } from '../../terminal/visible.ts';
import type { Explanation } from './explanation.ts';
import type { PatternReading } from './reading/read-pattern.ts';

/** The answer in a few sentences, the most important one first. */
export function headline(explanation: Explanation): string[] {
  const { judgement } = explanation;
  const { outcome, detail, reason, operation } = judgement;
  switch (outcome) {
    case 'unreadable':
      return [`${judgement.subject.place ?? 'It'} cannot be read: ${detail}.`];
    case 'ignored':
      return [`Ignored: events of kind "${operation}" are not followed (FILTER_EVENT_TYPES).`];
    case 'removed':
      return [
        'A delete: whatever XSOAR holds of this indicator is deleted. Pattern and filters do not matter for that.',
      ];
    case 'sent':
      return [sentSentence(judgement.result), comparisonSentence(explanation)].filter(isSaid);
    case 'left-out':
      return [
        judgement.byFilter
          ? `Held back by a filter (${reason}): ${detail}.`
          : `Nothing of it goes to XSOAR, because ${notMapped(explanation)} (${reason}).`,
        comparisonSentence(explanation),
        judgement.subject.content.kind === 'object' && judgement.object?.type === 'indicator'
          ? 'If an earlier state of it was sent, its indicators are deleted from XSOAR.'
          : '',
      ].filter(isSaid);
  }
}

function isSaid(sentence: string): boolean {
  return sentence !== '';
}

const shownValue = 80;

function sentSentence(result: MappingResult | null): string {
  const indicators = result?.ok ? result.indicators : [];
  const count = indicators.length;
  const what = count === 1 ? '1 XSOAR indicator' : `${count} XSOAR indicators`;
  if (count <= 3) {
    const names = indicators.map(
      ({ indicator_type: type, value }) => `${type} ${excerpt(value, shownValue)}`,
    );
    return `Becomes ${what}: ${joined(names)}.`;
  }
  return `Becomes ${what}: ${joined(countedTypes(indicators.map((one) => one.indicator_type)))}.`;
}

/** `10 File, 2 IP`, the most frequent first. */
export function countedTypes(types: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([type, count]) => `${count} ${type}`);
}

function joined(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** "3 of 5 comparisons name a value"; nothing where that is plain to see, or said already. */
function comparisonSentence({ reading, values }: Explanation): string {
  if (!reading?.ok) return '';
  const comparisons = [...reading.comparisons.values()];
  const naming = comparisons.filter(({ why }) => why === null).length;
  const total = comparisons.length;
  const count = values.length;
  const sent = values.filter(({ fate }) => fate.kind !== 'left-out').length;
  if (naming === 0 || (total === 1 && count < 2)) return '';
  const verb = naming === 1 ? 'names' : 'name';
  const several = total === 1 ? `${count} values` : `values, ${count} in all`;
  const what = count === naming ? 'a value' : several;
  return `${whichComparisons(naming, total)} ${verb} ${what}${sentWords(sent, count)}.`;
}

function whichComparisons(naming: number, total: number): string {
  if (naming < total) return `${naming} of ${total} comparisons`;
  if (total === 1) return 'Its one comparison';
  return total === 2 ? 'Both comparisons' : `All ${total} comparisons`;
}

function sentWords(sent: number, of: number): string {
  if (sent === of) return of === 1 ? ', and it is sent' : ', and all are sent';
  if (sent === 0) return of === 1 ? ', and it is left out' : ', and none is sent';
  return `, of which ${sent} ${sent === 1 ? 'is' : 'are'} sent`;
}

function notMapped({ judgement, reading, leftOut }: Explanation): string {
  const { reason, detail, object } = judgement;
  switch (reason) {
    case 'not-indicator':
      return `it is of type "${excerpt(object?.type ?? '', 60)}" and not an indicator`;
    case 'no-pattern':
      return 'it has no pattern';
    case 'not-stix-pattern':
      return `its pattern is not of STIX but of type "${excerpt(String(object?.pattern_type), 40)}": XSOAR has no indicator type for rules, and a rule names no value`;
    case 'pattern-syntax':
      return `its pattern breaks the STIX grammar${placeOfMistake(reading)}`;
    case 'pattern-limit':
      return `the ${reading?.ok === false ? reading.error.message : detail}`;
    default: {
      const count = reading?.ok ? reading.comparisons.size : 0;
      if (reason === 'no-observed-value' && count > 1) {
        return `none of its ${count} comparisons names a value as observed`;
      }
      const reasons = new Set(leftOut.map(({ because }) => because));
      const [only] = reasons;
      if (only !== undefined && reasons.size === 1) return only;
      return 'none of its comparisons leads to a value that XSOAR takes';
    }
  }
}

function placeOfMistake(reading: PatternReading | null): string {
  if (reading === null || reading.ok) return '';
  const { line, column } = reading.error;
  return reading.text.includes('\n')
    ? ` in line ${line}, column ${column}`
    : ` at character ${column}`;
}
