import fc from 'fast-check';
import type {
  Comparison,
  ComparisonExpression,
  FloatLiteral,
  IntegerLiteral,
  Literal,
  ObjectPath,
  ObservationExpression,
  PathStep,
  Pattern,
  Qualifier,
  StringLiteral,
  TimestampLiteral,
} from '../ast.ts';
import { keywordOf } from '../keywords.ts';

const offset = 0;

/** Any sequence of UTF-16 code units: NUL, lone surrogates, quotes and backslashes included. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom("'", '\\', '\n', '"', ' ', '\0', '\u2028', 'a') }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
    .map((codes) => String.fromCharCode(...codes)),
  fc.constantFrom('__proto__', 'constructor', 'AND', 'true', 'SHA-256', '', '0', 'h', '\ud800'),
);

const objectType = fc
  .stringMatching(/^[a-zA-Z_][a-zA-Z0-9_-]{0,8}$/)
  .filter((word) => keywordOf(word) === undefined);

const property: fc.Arbitrary<PathStep> = anyText.map((name) => ({ kind: 'property', name }));
const index: fc.Arbitrary<PathStep> = fc
  .oneof(fc.constant('*' as const), fc.maxSafeInteger())
  .map((position) => ({ kind: 'index', index: position === 0 ? 0 : position }));

const path: fc.Arbitrary<ObjectPath> = fc.record({
  objectType,
  steps: fc
    .tuple(property, fc.array(fc.oneof(property, index), { maxLength: 4 }))
    .map(([first, rest]) => [first, ...rest]),
  offset: fc.constant(offset),
});

const sign = fc.constantFrom('', '-', '+');
const digits = fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9][0-9]{0,24}$/));

const string: fc.Arbitrary<StringLiteral> = anyText.map((value) => ({
  kind: 'string',
  value,
  offset,
}));

function integer(signs: fc.Arbitrary<string>): fc.Arbitrary<IntegerLiteral> {
  return fc.tuple(signs, digits).map(([before, number]) => {
    const text = before + number;
    return { kind: 'integer', value: Number(text), text, offset };
  });
}

function float(signs: fc.Arbitrary<string>): fc.Arbitrary<FloatLiteral> {
  return fc
    .tuple(signs, fc.stringMatching(/^[0-9]{0,20}\.[0-9]{1,20}$/))
    .map(([before, number]) => {
      const text = before + number;
      return { kind: 'float', value: Number(text), text, offset };
    });
}

const timestamp: fc.Arbitrary<TimestampLiteral> = fc
  .tuple(
    fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    }),
    fc.stringMatching(/^(\.[0-9]{1,9})?$/),
  )
  .map(([date, fraction]) => ({
    kind: 'timestamp',
    text: `${date.toISOString().slice(0, 19)}${fraction}Z`,
    offset,
  }));

const orderable: fc.Arbitrary<Literal> = fc.oneof(
  string,
  integer(sign),
  float(sign),
  timestamp,
  fc
    .stringMatching(/^([0-9a-fA-F]{2}){0,8}$/)
    .map((text): Literal => ({ kind: 'hex', text, offset })),
  fc
    .uint8Array({ minLength: 1, maxLength: 12 })
    .map(
      (bytes): Literal => ({ kind: 'binary', text: Buffer.from(bytes).toString('base64'), offset }),
    ),
);

const literal: fc.Arbitrary<Literal> = fc.oneof(
  orderable,
  fc.boolean().map((value): Literal => ({ kind: 'boolean', value, offset })),
);

const comparison: fc.Arbitrary<Comparison> = fc
  .tuple(path, fc.boolean(), literal, orderable, string, fc.array(literal, { maxLength: 4 }))
  .chain(([on, negated, any, ordered, text, values]) => {
    const base = { path: on, negated, offset };
    return fc.oneof(
      fc
        .constantFrom('=' as const, '!=' as const)
        .map((operator): Comparison => ({ ...base, kind: 'comparison', operator, value: any })),
      fc
        .constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const)
        .map((operator): Comparison => ({ ...base, kind: 'comparison', operator, value: ordered })),
      fc
        .constantFrom(
          'LIKE' as const,
          'MATCHES' as const,
          'ISSUBSET' as const,
          'ISSUPERSET' as const,
        )
        .map((operator): Comparison => ({ ...base, kind: 'comparison', operator, value: text })),
      fc.constant<Comparison>({ ...base, kind: 'membership', operator: 'IN', values }),
      fc.constant<Comparison>({ ...base, kind: 'existence', operator: 'EXISTS' }),
    );
  });

const { comparisons } = fc.letrec<{ comparisons: ComparisonExpression }>((tie) => ({
  comparisons: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc.record({
      kind: fc.constant('comparisons' as const),
      operator: fc.constantFrom('AND' as const, 'OR' as const),
      operands: fc.array(tie('comparisons'), { minLength: 2, maxLength: 4 }),
      offset: fc.constant(offset),
    }),
    // The canonical form of a negated positive comparison is that comparison, negated.
    tie('comparisons').map(
      (operand): ComparisonExpression =>
        operand.kind === 'comparisons' || operand.kind === 'negation' || operand.negated
          ? { kind: 'negation', operand, offset }
          : { ...operand, negated: true },
    ),
  ),
}));

const qualifier: fc.Arbitrary<Qualifier> = fc.oneof(
  fc
    .oneof(integer(fc.constantFrom('', '+')), float(fc.constantFrom('', '+')))
    .map((seconds): Qualifier => ({ kind: 'within', seconds, offset })),
  integer(fc.constantFrom('', '+')).map((times): Qualifier => ({ kind: 'repeats', times, offset })),
  fc
    .tuple(timestamp, timestamp)
    .map(([start, stop]): Qualifier => ({ kind: 'start-stop', start, stop, offset })),
);

const { observations } = fc.letrec<{ observations: ObservationExpression }>((tie) => ({
  observations: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparisons.map(
      (test): ObservationExpression => ({
        kind: 'observation',
        comparison: test,
        offset,
      }),
    ),
    fc.record({
      kind: fc.constant('observations' as const),
      operator: fc.constantFrom('AND' as const, 'OR' as const, 'FOLLOWEDBY' as const),
      operands: fc.array(tie('observations'), { minLength: 2, maxLength: 4 }),
      offset: fc.constant(offset),
    }),
    fc.record({
      kind: fc.constant('qualified' as const),
      expression: tie('observations'),
      qualifiers: fc.array(qualifier, { minLength: 1, maxLength: 3 }),
      offset: fc.constant(offset),
    }),
  ),
}));

/** Canonical trees of every shape the grammar has; all offsets are 0. */
export const arbitraryPattern: fc.Arbitrary<Pattern> = observations.map((expression) => ({
  kind: 'pattern',
  expression,
  offset,
}));
