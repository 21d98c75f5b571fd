import type { ObservationExpression, Pattern, Qualifier } from './ast.ts';
import { Budget } from './budget.ts';
import { parseComparisons } from './parse-comparison.ts';
import { parsePositiveInteger, parsePositiveNumber, parseTimestamp } from './parse-literal.ts';
import { PatternError } from './pattern-error.ts';
import { defaultLimits, type PatternLimits } from './pattern-limits.ts';
import { Scanner } from './scanner.ts';

/**
 * Reads a STIX 2.1 pattern (specification section 9, as in the grammar that OASIS
 * publishes with it), and what STIX 2.0 wrote otherwise where it can be told.
 *
 * Time and memory are linear in the length of the text.
 *
 * @throws PatternError if the text is no pattern or goes beyond `limits`.
 */
export function parsePattern(text: string, limits?: Partial<PatternLimits>): Pattern {
  const bounds = limits === undefined ? defaultLimits : { ...defaultLimits, ...limits };
  if (text.length > bounds.maxLength) {
    throw new PatternError({
      code: 'too-long',
      text,
      offset: bounds.maxLength,
      limit: bounds.maxLength,
    });
  }
  const scanner = new Scanner(text);
  const offset = scanner.start;
  const expression = parseObservations(scanner, new Budget(text, bounds), 0);
  if (!scanner.is('end')) scanner.fail([...continuations, 'the end']);
  return { kind: 'pattern', expression, offset };
}

/** The operators that join observations, the loosest first. */
const operators = ['FOLLOWEDBY', 'OR', 'AND'] as const;

// What can follow, in the words of an error; made once, since most patterns have no error.
const continuations = ['AND', 'OR', 'FOLLOWEDBY', 'a qualifier'];
const inBrackets = ['AND', 'OR', '"]"'];
const inParentheses = [...continuations, '")"'];

function parseObservations(scanner: Scanner, budget: Budget, level: number): ObservationExpression {
  const operator = operators[level];
  if (operator === undefined) return parseQualified(scanner, budget);
  const offset = scanner.start;
  const first = parseObservations(scanner, budget, level + 1);
  if (!scanner.is(operator)) return first;
  const operands = [first];
  while (scanner.is(operator)) {
    scanner.next();
    operands.push(parseObservations(scanner, budget, level + 1));
  }
  return { kind: 'observations', operator, operands, offset };
}

/** Qualifiers bind tighter than any operator. The same one may come twice, as the grammar has it. */
function parseQualified(scanner: Scanner, budget: Budget): ObservationExpression {
  const offset = scanner.start;
  const expression = parseObservation(scanner, budget);
  let qualifier = parseQualifier(scanner);
  if (qualifier === undefined) return expression;
  const qualifiers: Qualifier[] = [];
  while (qualifier !== undefined) {
    qualifiers.push(qualifier);
    qualifier = parseQualifier(scanner);
  }
  return { kind: 'qualified', expression, qualifiers, offset };
}

function parseObservation(scanner: Scanner, budget: Budget): ObservationExpression {
  const offset = scanner.start;
  if (scanner.is('[')) {
    scanner.next();
    const comparison = parseComparisons(scanner, budget);
    scanner.expect(']', inBrackets);
    return { kind: 'observation', comparison, offset };
  }
  if (!scanner.is('(')) scanner.fail(['"["', '"("']);
  budget.enter(offset);
  scanner.next();
  const inner = parseObservations(scanner, budget, 0);
  scanner.expect(')', inParentheses);
  budget.leave();
  return inner;
}

function parseQualifier(scanner: Scanner): Qualifier | undefined {
  const offset = scanner.start;
  switch (scanner.kind) {
    case 'WITHIN': {
      scanner.next();
      const seconds = parsePositiveNumber(scanner);
      scanner.expect('SECONDS', ['SECONDS']);
      return { kind: 'within', seconds, offset };
    }
    case 'REPEATS': {
      scanner.next();
      const times = parsePositiveInteger(scanner);
      scanner.expect('TIMES', ['TIMES']);
      return { kind: 'repeats', times, offset };
    }
    case 'START': {
      scanner.next();
      const start = parseTimestamp(scanner);
      scanner.expect('STOP', ['STOP']);
      return { kind: 'start-stop', start, stop: parseTimestamp(scanner), offset };
    }
    default:
      return undefined;
  }
}
