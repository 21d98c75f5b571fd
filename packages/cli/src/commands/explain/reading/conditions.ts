import type { MappingResult } from '@xsoar-intel/pipeline';
import type {
  ComparisonExpression,
  ObservationExpression,
  Qualifier,
} from '@xsoar-intel/stix-pattern';
import type { PatternReading } from './read-pattern.ts';

/** What a pattern demands beside its values. */
interface Conditions {
  and: boolean;
  followedBy: boolean;
  qualifiers: Set<string>;
}

/**
 * What the pattern says and XSOAR cannot: an indicator there is one value, which matches wherever it
 * is seen. An analyst who looks for the reason of an alert has to know.
 */
export function conditionsLost(
  reading: Extract<PatternReading, { ok: true }>,
  result: Extract<MappingResult, { ok: true }>,
): string[] {
  const conditions: Conditions = { and: false, followedBy: false, qualifiers: new Set() };
  visitObservation(reading.tree.expression, conditions);
  const notes: string[] = [];
  const apart = result.indicators.length > 1 || result.leftOut.length > 0;
  if (conditions.followedBy) {
    notes.push(
      'FOLLOWEDBY asks for an order in time. XSOAR has none: each value matches by itself.',
    );
  } else if (conditions.and && apart) {
    notes.push(
      'AND asks for all parts together. XSOAR cannot: each value that is sent matches by itself, so it will match more often than the pattern.',
    );
  }
  if (conditions.qualifiers.size > 0) {
    const names = [...conditions.qualifiers].join(' and ');
    notes.push(`${names}: XSOAR has no such condition; the values are sent without it.`);
  }
  return notes;
}

function visitObservation(node: ObservationExpression, into: Conditions): void {
  switch (node.kind) {
    case 'observation':
      visitComparison(node.comparison, into);
      return;
    case 'qualified':
      for (const qualifier of node.qualifiers) into.qualifiers.add(qualifierName(qualifier));
      visitObservation(node.expression, into);
      return;
    case 'observations':
      if (node.operator === 'AND') into.and = true;
      if (node.operator === 'FOLLOWEDBY') into.followedBy = true;
      for (const operand of node.operands) visitObservation(operand, into);
  }
}

function visitComparison(node: ComparisonExpression, into: Conditions): void {
  if (node.kind === 'negation') visitComparison(node.operand, into);
  if (node.kind !== 'comparisons') return;
  if (node.operator === 'AND') into.and = true;
  for (const operand of node.operands) visitComparison(operand, into);
}

function qualifierName(qualifier: Qualifier): string {
  switch (qualifier.kind) {
    case 'within':
      return 'WITHIN';
    case 'repeats':
      return 'REPEATS';
    case 'start-stop':
      return 'START STOP';
  }
}
