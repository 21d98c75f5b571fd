import type {
  Comparison,
  ComparisonExpression,
  Literal,
  ObjectPath,
  ObservationExpression,
  Pattern,
  Qualifier,
} from './ast.ts';
import { patternPath } from './object-path.ts';
import { quote } from './quoting.ts';

// How tightly a node binds; an operand that binds no tighter than the chain around
// it needs parentheses, also under the same operator: `(a OR b) OR c` has two chains.
const binding = { FOLLOWEDBY: 1, OR: 2, AND: 3 } as const;
const tightest = 4;

/**
 * The pattern in canonical form: one space around operators, none inside brackets,
 * quotes and parentheses only where they are needed. Parsing it gives the same
 * tree again, positions apart, if the tree is canonical (see ast.ts).
 */
export function printPattern(pattern: Pattern): string {
  return observation(pattern.expression, 0);
}

// Recursion follows nesting, which the parser bounds, and never the length of a chain.
function observation(node: ObservationExpression, around: number): string {
  switch (node.kind) {
    case 'observation':
      return `[${comparison(node.comparison, 0)}]`;
    case 'qualified': {
      const text = `${observation(node.expression, tightest)} ${node.qualifiers.map(qualifier).join(' ')}`;
      // Only another set of qualifiers binds tighter than this one.
      return around === tightest ? `(${text})` : text;
    }
    case 'observations': {
      const own = binding[node.operator];
      const text = node.operands
        .map((operand) => observation(operand, own))
        .join(` ${node.operator} `);
      return own <= around ? `(${text})` : text;
    }
  }
}

function qualifier(node: Qualifier): string {
  switch (node.kind) {
    case 'within':
      return `WITHIN ${node.seconds.text} SECONDS`;
    case 'repeats':
      return `REPEATS ${node.times.text} TIMES`;
    case 'start-stop':
      return `START ${literal(node.start)} STOP ${literal(node.stop)}`;
  }
}

function comparison(node: ComparisonExpression, around: number): string {
  switch (node.kind) {
    case 'negation':
      return `NOT ${comparison(node.operand, tightest)}`;
    case 'comparisons': {
      const own = binding[node.operator];
      const text = node.operands
        .map((operand) => comparison(operand, own))
        .join(` ${node.operator} `);
      return own <= around ? `(${text})` : text;
    }
    default:
      return test(node);
  }
}

function test(node: Comparison): string {
  const path = objectPath(node.path);
  const not = node.negated ? 'NOT ' : '';
  switch (node.kind) {
    case 'existence':
      return `${not}EXISTS ${path}`;
    case 'membership':
      return `${path} ${not}IN (${node.values.map(literal).join(', ')})`;
    case 'comparison':
      return `${path} ${not}${node.operator} ${literal(node.value)}`;
  }
}

function objectPath(path: ObjectPath): string {
  return `${path.objectType}:${patternPath(path.steps)}`;
}

function literal(node: Literal): string {
  switch (node.kind) {
    case 'string':
      return quote(node.value);
    case 'integer':
    case 'float':
      return node.text;
    case 'boolean':
      return String(node.value);
    case 'hex':
      return `h'${node.text}'`;
    case 'binary':
      return `b'${node.text}'`;
    case 'timestamp':
      return `t'${node.text}'`;
  }
}
