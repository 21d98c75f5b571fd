import type {
  FloatLiteral,
  IntegerLiteral,
  Literal,
  StringLiteral,
  TimestampLiteral,
} from './ast.ts';
import { isTimestamp } from './literal-text.ts';
import type { Scanner } from './scanner.ts';
import { quotedContent } from './token.ts';

/** Any literal. */
export function parseLiteral(scanner: Scanner): Literal {
  if (scanner.kind === 'true' || scanner.kind === 'false') {
    const offset = scanner.start;
    const value = scanner.kind === 'true';
    scanner.next();
    return { kind: 'boolean', value, offset };
  }
  return parseOrderable(scanner, 'a literal');
}

/** What `<` and its kin take: any literal but a boolean. */
export function parseOrderable(
  scanner: Scanner,
  expected = 'a literal other than true and false',
): Literal {
  const offset = scanner.start;
  switch (scanner.kind) {
    case 'string':
      return parseString(scanner);
    case 'integer':
    case 'float':
      return parseNumber(scanner);
    case 'hex':
    case 'binary':
    case 'timestamp': {
      const { kind, quotedText: text } = scanner;
      scanner.next();
      return { kind, text, offset };
    }
    default:
      return scanner.fail([expected]);
  }
}

/** A string, which is all that LIKE, MATCHES, ISSUBSET and ISSUPERSET take. */
export function parseString(scanner: Scanner): StringLiteral {
  if (scanner.kind !== 'string') scanner.fail(['a string']);
  const literal: StringLiteral = {
    kind: 'string',
    value: scanner.stringValue,
    offset: scanner.start,
  };
  scanner.next();
  return literal;
}

/** The number of WITHIN. */
export function parsePositiveNumber(scanner: Scanner): IntegerLiteral | FloatLiteral {
  if (isNegative(scanner)) scanner.fail(['a positive number']);
  if (scanner.kind !== 'integer' && scanner.kind !== 'float') scanner.fail(['a positive number']);
  return parseNumber(scanner);
}

/** The number of REPEATS. */
export function parsePositiveInteger(scanner: Scanner): IntegerLiteral {
  if (scanner.kind !== 'integer' || isNegative(scanner)) scanner.fail(['a positive integer']);
  const literal = integer(scanner);
  scanner.next();
  return literal;
}

/**
 * The times of START and STOP. STIX 2.0 wrote them as plain strings; a string
 * that is a timestamp is read as one.
 */
export function parseTimestamp(scanner: Scanner): TimestampLiteral {
  const offset = scanner.start;
  let text: string;
  if (scanner.kind === 'timestamp') text = scanner.quotedText;
  else if (scanner.kind === 'string' && isTimestamp(scanner.stringValue))
    text = scanner.stringValue;
  else return scanner.fail([quotedContent.timestamp]);
  scanner.next();
  return { kind: 'timestamp', text, offset };
}

function parseNumber(scanner: Scanner): IntegerLiteral | FloatLiteral {
  const literal: IntegerLiteral | FloatLiteral =
    scanner.kind === 'integer'
      ? integer(scanner)
      : {
          kind: 'float',
          value: Number(scanner.word),
          text: scanner.word,
          offset: scanner.start,
        };
  scanner.next();
  return literal;
}

function integer(scanner: Scanner): IntegerLiteral {
  const text = scanner.word;
  return { kind: 'integer', value: Number(text), text, offset: scanner.start };
}

function isNegative(scanner: Scanner): boolean {
  return scanner.text.charCodeAt(scanner.start) === 0x2d;
}
