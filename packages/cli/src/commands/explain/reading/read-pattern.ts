import { parseLeniently } from '@xsoar-intel/pipeline';
import {
  type Comparison,
  type ComparisonExpression,
  type ObservationExpression,
  type Pattern,
  PatternError,
  type PatternLimits,
  pathText,
  printPattern,
} from '@xsoar-intel/stix-pattern';
import { hintFor } from './hints.ts';
import { type Place, placeFinder } from './place.ts';
import { whyNoValue } from './why-no-value.ts';

/** What the text of a pattern says, or where it breaks. */
export type PatternReading =
  | {
      ok: true;
      text: string;
      tree: Pattern;
      /** By their node of the tree, in the order of the text. */
      comparisons: ReadonlyMap<Comparison, ReadComparison>;
      doubleQuotedSteps: boolean;
    }
  | { ok: false; text: string; error: PatternError; hint: string | null };

/** One comparison of a pattern. */
export interface ReadComparison {
  /** In canonical spelling. */
  text: string;
  offset: number;
  place: Place;
  /** `file:hashes.SHA-256` */
  subject: string;
  /** How many values it names as observed. */
  values: number;
  /** Why it names none; null where it does. */
  why: string | null;
}

/** Reads a pattern as the mapping does. */
export function readPattern(text: string, limits?: Partial<PatternLimits>): PatternReading {
  try {
    const { pattern, doubleQuotedSteps } = parseLeniently(text, limits);
    return {
      ok: true,
      text,
      tree: pattern,
      comparisons: comparisonsOf(pattern, text),
      doubleQuotedSteps,
    };
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return { ok: false, text, error, hint: hintFor(text, error) };
  }
}

function comparisonsOf(pattern: Pattern, text: string): Map<Comparison, ReadComparison> {
  const comparisons = new Map<Comparison, ReadComparison>();
  const placeOf = placeFinder(text);

  function visitObservation(node: ObservationExpression): void {
    if (node.kind === 'observation') visitComparison(node.comparison, false);
    else if (node.kind === 'qualified') visitObservation(node.expression);
    else for (const operand of node.operands) visitObservation(operand);
  }

  function visitComparison(node: ComparisonExpression, negated: boolean): void {
    if (node.kind === 'negation') visitComparison(node.operand, true);
    else if (node.kind === 'comparisons') {
      for (const operand of node.operands) visitComparison(operand, negated);
    } else take(node, negated || node.negated);
  }

  function take(node: Comparison, negated: boolean): void {
    const why = whyNoValue(node, negated);
    comparisons.set(node, {
      text: comparisonText(node),
      offset: node.offset,
      place: placeOf(node.offset),
      subject: `${node.path.objectType}:${pathText(node.path.steps)}`,
      values: why !== null ? 0 : node.kind === 'membership' ? node.values.length : 1,
      why,
    });
  }

  visitObservation(pattern.expression);
  return comparisons;
}

/** The comparison alone: the printer prints whole patterns, so the brackets come off again. */
function comparisonText(comparison: Comparison): string {
  const { offset } = comparison;
  const expression = { kind: 'observation', comparison, offset } as const;
  return printPattern({ kind: 'pattern', expression, offset }).slice(1, -1);
}
