import type { Comparison, ComparisonExpression, Literal, ObjectPath } from './ast.ts';
import type { Budget } from './budget.ts';
import { parseLiteral, parseOrderable, parseString } from './parse-literal.ts';
import { parsePath } from './parse-path.ts';
import type { Scanner } from './scanner.ts';

/**
 * What stands between `[` and `]`.
 *
 * The specification wants the operands of AND to speak of one object type. Feeds
 * break that rule every day and the values are no less clear for it, so both are
 * accepted.
 */
export function parseComparisons(scanner: Scanner, budget: Budget): ComparisonExpression {
  const offset = scanner.start;
  const first = parseAnd(scanner, budget);
  if (!scanner.is('OR')) return first;
  const operands = [first];
  while (scanner.is('OR')) {
    scanner.next();
    operands.push(parseAnd(scanner, budget));
  }
  return { kind: 'comparisons', operator: 'OR', operands, offset };
}

function parseAnd(scanner: Scanner, budget: Budget): ComparisonExpression {
  const offset = scanner.start;
  const first = parseOperand(scanner, budget);
  if (!scanner.is('AND')) return first;
  const operands = [first];
  while (scanner.is('AND')) {
    scanner.next();
    operands.push(parseOperand(scanner, budget));
  }
  return { kind: 'comparisons', operator: 'AND', operands, offset };
}

function parseOperand(scanner: Scanner, budget: Budget): ComparisonExpression {
  const offset = scanner.start;
  switch (scanner.kind) {
    case 'identifier':
      budget.spendComparison(offset);
      return parseTest(scanner, parsePath(scanner));
    case 'EXISTS':
      budget.spendComparison(offset);
      scanner.next();
      return {
        kind: 'existence',
        operator: 'EXISTS',
        path: parsePath(scanner),
        negated: false,
        offset,
      };
    case '(': {
      budget.enter(offset);
      scanner.next();
      const inner = parseComparisons(scanner, budget);
      scanner.expect(')', ['AND', 'OR', '")"']);
      budget.leave();
      return inner;
    }
    case 'NOT': {
      budget.enter(offset);
      scanner.next();
      const operand = parseOperand(scanner, budget);
      budget.leave();
      return negate(operand, offset);
    }
    default:
      return scanner.fail(['an object path', '"("', 'NOT', 'EXISTS']);
  }
}

/** `NOT a:b = 1` is another spelling of `a:b NOT = 1`, and becomes the same tree. */
function negate(operand: ComparisonExpression, offset: number): ComparisonExpression {
  if (operand.kind === 'comparisons' || operand.kind === 'negation' || operand.negated) {
    return { kind: 'negation', operand, offset };
  }
  return { ...operand, negated: true, offset };
}

function parseTest(scanner: Scanner, path: ObjectPath): Comparison {
  const { offset } = path;
  let negated = false;
  if (scanner.is('NOT')) {
    negated = true;
    scanner.next();
  }
  const operator = scanner.kind;
  switch (operator) {
    case '=':
    case '!=':
      scanner.next();
      return { kind: 'comparison', operator, path, negated, value: parseLiteral(scanner), offset };
    case '<':
    case '<=':
    case '>':
    case '>=':
      scanner.next();
      return {
        kind: 'comparison',
        operator,
        path,
        negated,
        value: parseOrderable(scanner),
        offset,
      };
    case 'LIKE':
    case 'MATCHES':
    case 'ISSUBSET':
    case 'ISSUPERSET':
      scanner.next();
      return { kind: 'comparison', operator, path, negated, value: parseString(scanner), offset };
    case 'IN':
      scanner.next();
      return { kind: 'membership', operator, path, negated, values: parseSet(scanner), offset };
    default:
      return scanner.fail(['a comparison operator']);
  }
}

function parseSet(scanner: Scanner): Literal[] {
  const values: Literal[] = [];
  scanner.expect('(', ['"("']);
  if (!scanner.is(')')) {
    values.push(parseLiteral(scanner));
    while (scanner.is(',')) {
      scanner.next();
      values.push(parseLiteral(scanner));
    }
  }
  scanner.expect(')', ['","', '")"']);
  return values;
}
