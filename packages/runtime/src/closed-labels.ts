import type { LabelValues } from 'prom-client';

/** Every value that a label may have; a label without an entry takes any value. */
export type ClosedLabels<L extends string> = { readonly [K in L]?: readonly string[] };

/** More series than this are not made in advance. */
const MOST_SERIES = 64;

/** Keeps a label's set closed: a value that is not in it becomes `other`. */
export function closedLabel<T extends string>(allowed: readonly T[], value: string): T | 'other' {
  return allowed.find((known) => known === value) ?? 'other';
}

/**
 * Returns a function that replaces what is not in a label's set by `other`. Label values must never
 * come from content: each makes a series that is kept for as long as the process lives.
 */
export function closeLabels<L extends string>(
  closed: ClosedLabels<L> | undefined,
): (labels: LabelValues<L>) => LabelValues<L> {
  if (closed === undefined) return (labels) => labels;
  const sets = new Map(
    Object.entries<readonly string[] | undefined>(closed).map(([label, values]) => [
      label,
      new Set(values),
    ]),
  );
  return (labels) => {
    const result: Record<string, string | number> = {};
    for (const [label, value] of Object.entries<string | number | undefined>(labels)) {
      if (value === undefined) continue;
      result[label] = sets.get(label)?.has(String(value)) === false ? 'other' : value;
    }
    return result as LabelValues<L>;
  };
}

/**
 * Every combination of values, where all labels are closed and there are few: a counter that is 0
 * from the start is seen by `increase()` when it moves for the first time.
 */
export function combinations<L extends string>(
  labelNames: readonly L[],
  closed: ClosedLabels<L> | undefined,
): LabelValues<L>[] {
  let rows: Record<string, string>[] = [{}];
  for (const label of labelNames) {
    const values: readonly string[] = closed?.[label] ?? [];
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [label]: value })));
    if (rows.length > MOST_SERIES) return [];
  }
  return labelNames.length === 0 ? [] : (rows as LabelValues<L>[]);
}
