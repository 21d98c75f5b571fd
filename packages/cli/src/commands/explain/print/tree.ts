import type {
  ComparisonExpression,
  ObservationExpression,
  Qualifier,
} from '@xsoar-intel/stix-pattern';
import type { Paint } from '../../../terminal/paint.ts';
import { excerpt, padded } from '../../../terminal/visible.ts';
import { placeText } from '../reading/place.ts';
import type { PatternReading, ReadComparison } from '../reading/read-pattern.ts';

interface Branch {
  label: string;
  comparison: ReadComparison | null;
  children: Branch[];
}

const shownComparison = 76;

/** The pattern as a tree, one line for each part, at most `most` lines. */
export function treeLines(
  reading: Extract<PatternReading, { ok: true }>,
  paint: Paint,
  most: number,
): string[] {
  const rows: { drawn: string; comparison: ReadComparison | null }[] = [];
  const root = observationBranch(reading.tree.expression, reading);
  draw(root, '', '', rows);
  const shown = rows.slice(0, most);
  const leaves = shown.filter(({ comparison }) => comparison !== null);
  const width = Math.max(0, ...leaves.map(({ drawn }) => drawn.length));
  const places = shown.map(({ comparison }) => (comparison ? placeText(comparison.place) : ''));
  const placeWidth = Math.max(0, ...places.map(({ length }) => length));
  const lines = shown.map(({ drawn, comparison }, index) => {
    const place = paint.faint(padded(places[index] ?? '', placeWidth));
    return comparison === null
      ? `${place}  ${drawn}`
      : `${place}  ${padded(drawn, width)}  ${markOf(comparison, paint)}`;
  });
  if (rows.length > most) lines.push(paint.faint(`… and ${rows.length - most} more lines (--all)`));
  return lines;
}

function markOf({ values, why }: ReadComparison, paint: Paint): string {
  if (why !== null) return paint.warn('names no value');
  return paint.good(values === 1 ? 'names a value' : `names ${values} values`);
}

function draw(
  branch: Branch,
  before: string,
  below: string,
  rows: { drawn: string; comparison: ReadComparison | null }[],
): void {
  rows.push({ drawn: before + branch.label, comparison: branch.comparison });
  for (const [index, child] of branch.children.entries()) {
    const last = index === branch.children.length - 1;
    draw(child, `${below}${last ? '└─ ' : '├─ '}`, `${below}${last ? '   ' : '│  '}`, rows);
  }
}

const joins = {
  AND: 'AND (all of these)',
  OR: 'OR (any of these)',
  FOLLOWEDBY: 'FOLLOWEDBY (in this order)',
} as const;

function observationBranch(
  node: ObservationExpression,
  reading: Extract<PatternReading, { ok: true }>,
): Branch {
  switch (node.kind) {
    case 'observation':
      return {
        label: 'observation',
        comparison: null,
        children: [comparisonBranch(node.comparison, reading)],
      };
    case 'qualified': {
      const inner = observationBranch(node.expression, reading);
      const label = `${inner.label}, ${node.qualifiers.map(qualifierText).join(', ')}`;
      return { ...inner, label };
    }
    case 'observations':
      return {
        label: joins[node.operator],
        comparison: null,
        children: node.operands.map((operand) => observationBranch(operand, reading)),
      };
  }
}

function comparisonBranch(
  node: ComparisonExpression,
  reading: Extract<PatternReading, { ok: true }>,
): Branch {
  if (node.kind === 'comparisons') {
    const children = node.operands.map((operand) => comparisonBranch(operand, reading));
    return { label: joins[node.operator], comparison: null, children };
  }
  if (node.kind === 'negation') {
    const child = comparisonBranch(node.operand, reading);
    return { label: 'NOT (the opposite of this)', comparison: null, children: [child] };
  }
  const comparison = reading.comparisons.get(node) ?? null;
  return { label: excerpt(comparison?.text ?? '', shownComparison), comparison, children: [] };
}

function qualifierText(qualifier: Qualifier): string {
  switch (qualifier.kind) {
    case 'within':
      return `within ${qualifier.seconds.text} seconds`;
    case 'repeats':
      return `${qualifier.times.text} times`;
    case 'start-stop':
      return `from ${qualifier.start.text} until ${qualifier.stop.text}`;
  }
}
