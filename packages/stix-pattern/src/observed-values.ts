import type {
  Comparison,
  ComparisonExpression,
  Literal,
  ObjectPath,
  ObservationExpression,
  PathStep,
  Pattern,
} from './ast.ts';
import { pathText } from './object-path.ts';

/**
 * What one `[ ... ]` says. `values` is empty where it only excludes, ranges or
 * resembles (`[a:b != 'x']`): look at the values, not at the number of observations.
 */
export interface Observation {
  values: ObservedValue[];
  /** Comparisons that name no value as observed, so that a caller can say what was not taken. */
  left: LeftOut[];
  offset: number;
}

/** A value which the pattern names as observed. */
export interface ObservedValue {
  objectType: string;
  steps: readonly PathStep[];
  /** The steps as text without quotes: `value`, `hashes.SHA-256`, `values[0].name`. */
  path: string;
  /**
   * Strings, booleans and numbers as such; an integer beyond 2^53 as its digits,
   * because a rounded number would be another value; hex, binary and timestamps as
   * the text between their quotes.
   */
  value: string | number | boolean;
  literal: Literal;
  /** `subset` is an ISSUBSET: the value is a network, and anything in it is meant. */
  relation: 'equals' | 'subset';
  offset: number;
}

/** A comparison that states no observed value: negated, `!=`, a range, LIKE, MATCHES, EXISTS, ISSUPERSET. */
export interface LeftOut {
  objectType: string;
  path: string;
  operator: string;
  /** Whether a NOT stands before it or around it. */
  negated: boolean;
  offset: number;
}

/**
 * The values that a pattern says are observed, one Observation for each `[ ... ]`
 * in the order of the text.
 *
 * Only `=`, IN and ISSUBSET count, and only where no NOT stands before or around
 * them. A double negation (`NOT !=`) is left out as well: too much rests on it.
 * How observations are joined and qualified does not matter here.
 */
export function observedValues(pattern: Pattern): Observation[] {
  const observations: Observation[] = [];
  visitObservation(pattern.expression, observations);
  return observations;
}

// Recursion follows nesting, which the parser bounds, and never the length of a chain.
function visitObservation(node: ObservationExpression, into: Observation[]): void {
  switch (node.kind) {
    case 'observation': {
      const observation: Observation = { values: [], left: [], offset: node.offset };
      visitComparison(node.comparison, false, observation);
      into.push(observation);
      return;
    }
    case 'observations':
      for (const operand of node.operands) visitObservation(operand, into);
      return;
    case 'qualified':
      visitObservation(node.expression, into);
  }
}

function visitComparison(node: ComparisonExpression, negated: boolean, into: Observation): void {
  switch (node.kind) {
    case 'comparisons':
      for (const operand of node.operands) visitComparison(operand, negated, into);
      return;
    case 'negation':
      visitComparison(node.operand, true, into);
      return;
    default:
      takeComparison(node, negated || node.negated, into);
  }
}

function takeComparison(node: Comparison, negated: boolean, into: Observation): void {
  const path = pathText(node.path.steps);
  if (!negated && node.kind === 'membership') {
    for (const literal of node.values) {
      into.values.push(observed(node.path, path, literal, 'equals', node.offset));
    }
  } else if (!negated && node.kind === 'comparison' && node.operator === '=') {
    into.values.push(observed(node.path, path, node.value, 'equals', node.offset));
  } else if (!negated && node.kind === 'comparison' && node.operator === 'ISSUBSET') {
    into.values.push(observed(node.path, path, node.value, 'subset', node.offset));
  } else {
    into.left.push({
      objectType: node.path.objectType,
      path,
      operator: node.operator,
      negated,
      offset: node.offset,
    });
  }
}

function observed(
  from: ObjectPath,
  path: string,
  literal: Literal,
  relation: 'equals' | 'subset',
  offset: number,
): ObservedValue {
  return {
    objectType: from.objectType,
    steps: from.steps,
    path,
    value: plainValue(literal),
    literal,
    relation,
    offset,
  };
}

function plainValue(literal: Literal): string | number | boolean {
  switch (literal.kind) {
    case 'string':
    case 'boolean':
    case 'float':
      return literal.value;
    case 'integer':
      return Number.isSafeInteger(literal.value) ? literal.value : literal.text;
    default:
      return literal.text;
  }
}
