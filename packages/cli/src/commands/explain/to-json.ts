import type { Explanation } from './explanation.ts';
import { headline } from './headline.ts';
import { placeFinder } from './reading/place.ts';
import type { PatternReading } from './reading/read-pattern.ts';
import type { Count, Summary } from './summary.ts';
import type { ValueFate } from './value-fates.ts';

/** An explanation for programs. Offsets count UTF-16 code units from 0; lines and columns from 1. */
export function explanationJson(explanation: Explanation): Record<string, unknown> {
  const { judgement, reading, values, leftOut, notes, facts, requests } = explanation;
  const { subject, object, operation, outcome, reason, detail, result } = judgement;
  const placeOf = placeFinder(reading?.text ?? '');
  return {
    kind: 'explanation',
    place: subject.place,
    object:
      subject.content.kind === 'object'
        ? { type: object?.type, id: object?.id, name: object?.name ?? null, event: operation }
        : null,
    outcome,
    reason,
    detail: detail === '' ? null : detail,
    summary: headline(explanation).join(' '),
    pattern: patternJson(reading),
    values: values.map((value) => valueJson(value, placeOf)),
    leftOut: leftOut.map(({ reason: why, comparison, values: those, because }) => ({
      reason: why,
      because,
      comparison: comparison?.text ?? null,
      ...(comparison === null ? {} : { offset: comparison.offset, ...comparison.place }),
      values: those,
    })),
    notes: { texts: notes, mapping: result?.notes ?? [] },
    fields: facts,
    indicators: requests?.indicators ?? [],
    requests:
      requests === null
        ? null
        : { create: requests.create, update: requests.update, delete: requests.delete },
  };
}

function patternJson(reading: PatternReading | null): Record<string, unknown> | null {
  if (reading === null) return null;
  if (!reading.ok) {
    const { code, message, offset, line, column, expected, found } = reading.error;
    const error = { code, message, offset, line, column, expected, found, hint: reading.hint };
    return { text: reading.text, error };
  }
  const comparisons = [...reading.comparisons.values()].map(({ place, ...comparison }) => ({
    ...comparison,
    ...place,
  }));
  return { text: reading.text, tree: reading.tree, comparisons };
}

function valueJson(
  { observed, fate }: ValueFate,
  placeOf: ReturnType<typeof placeFinder>,
): Record<string, unknown> {
  const { objectType, path, value, relation, offset } = observed;
  return {
    observable: `${objectType}:${path}`,
    value,
    relation,
    offset,
    ...placeOf(offset),
    fate:
      fate.kind === 'left-out'
        ? { kind: fate.kind, reason: fate.skip?.reason ?? null, detail: fate.skip?.detail ?? null }
        : fate,
  };
}

/** The summary for programs. */
export function summaryJson(summary: Summary): Record<string, unknown> {
  const { subjects, outcomes, reasons, partReasons, types, indicators, different } = summary;
  return {
    kind: 'summary',
    objects: subjects,
    outcomes: Object.fromEntries(outcomes),
    reasons: countsJson(reasons),
    partReasons: countsJson(partReasons),
    indicators: { total: indicators, different, byType: Object.fromEntries(types) },
  };
}

function countsJson(counts: ReadonlyMap<string, Count>): Record<string, unknown> {
  return Object.fromEntries(
    [...counts].map(([reason, { count, example, observables }]) => [
      reason,
      { count, example, observables: Object.fromEntries(observables) },
    ]),
  );
}
