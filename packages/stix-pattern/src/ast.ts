/**
 * The syntax tree of a STIX 2.1 pattern.
 *
 * `offset` is where a node begins in the text, in UTF-16 code units from 0.
 *
 * Chains are flat: `a OR b OR c` is one node with three operands, so that a
 * thousand operands make a wide tree and not a deep one, and nobody who walks
 * the tree needs a thousand stack frames. Parentheses are not kept: where the
 * tree needs them the printer sets them again.
 *
 * A tree is canonical, and only then does printing and parsing give it back, if
 * every chain has two operands or more, no `negation` stands directly over a
 * comparison with `negated: false` (that is the comparison with `negated: true`)
 * and every `qualified` has at least one qualifier. The parser makes no others.
 */

/** A whole pattern. */
export interface Pattern {
  readonly kind: 'pattern';
  readonly expression: ObservationExpression;
  readonly offset: number;
}

/** What a pattern says about observations, that is, about `[ ... ]`. */
export type ObservationExpression = ObservationTest | ObservationChain | QualifiedObservation;

/** One `[ ... ]`: something observed at one time. */
export interface ObservationTest {
  readonly kind: 'observation';
  readonly comparison: ComparisonExpression;
  readonly offset: number;
}

export type ObservationOperator = 'AND' | 'OR' | 'FOLLOWEDBY';

/** Observations joined by one operator; AND binds tighter than OR, OR tighter than FOLLOWEDBY. */
export interface ObservationChain {
  readonly kind: 'observations';
  readonly operator: ObservationOperator;
  readonly operands: readonly ObservationExpression[];
  readonly offset: number;
}

/** An observation with its qualifiers, in the order they are written; the first applies first. */
export interface QualifiedObservation {
  readonly kind: 'qualified';
  readonly expression: ObservationExpression;
  readonly qualifiers: readonly Qualifier[];
  readonly offset: number;
}

export type Qualifier =
  | {
      readonly kind: 'within';
      readonly seconds: IntegerLiteral | FloatLiteral;
      readonly offset: number;
    }
  | { readonly kind: 'repeats'; readonly times: IntegerLiteral; readonly offset: number }
  | {
      readonly kind: 'start-stop';
      readonly start: TimestampLiteral;
      readonly stop: TimestampLiteral;
      readonly offset: number;
    };

/** What stands between `[` and `]`. */
export type ComparisonExpression = Comparison | ComparisonChain | Negation;

/** Comparisons joined by one operator; AND binds tighter than OR. */
export interface ComparisonChain {
  readonly kind: 'comparisons';
  readonly operator: 'AND' | 'OR';
  readonly operands: readonly ComparisonExpression[];
  readonly offset: number;
}

/** `NOT ( ... )`: not in the official grammar, but written by people and read without doubt. */
export interface Negation {
  readonly kind: 'negation';
  readonly operand: ComparisonExpression;
  readonly offset: number;
}

/** One test of one object path. `negated` is the word NOT; `!=` is an operator of its own. */
export type Comparison = ValueComparison | MembershipTest | ExistenceTest;

export type ComparisonOperator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'LIKE'
  | 'MATCHES'
  | 'ISSUBSET'
  | 'ISSUPERSET';

/** `path operator literal`. `==` and `<>` are read as `=` and `!=`. */
export interface ValueComparison {
  readonly kind: 'comparison';
  readonly operator: ComparisonOperator;
  readonly path: ObjectPath;
  readonly negated: boolean;
  readonly value: Literal;
  readonly offset: number;
}

/** `path IN (literal, ...)`; the grammar allows the empty list. */
export interface MembershipTest {
  readonly kind: 'membership';
  readonly operator: 'IN';
  readonly path: ObjectPath;
  readonly negated: boolean;
  readonly values: readonly Literal[];
  readonly offset: number;
}

/** `EXISTS path`. */
export interface ExistenceTest {
  readonly kind: 'existence';
  readonly operator: 'EXISTS';
  readonly path: ObjectPath;
  readonly negated: boolean;
  readonly offset: number;
}

/** `file:hashes.'SHA-256'`: the object type, then one step or more, the first a property. */
export interface ObjectPath {
  readonly objectType: string;
  readonly steps: readonly PathStep[];
  readonly offset: number;
}

/** A property by its name, unquoted, or an element of a list; `*` is any element. */
export type PathStep =
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number | '*' };

export type Literal =
  | StringLiteral
  | IntegerLiteral
  | FloatLiteral
  | BooleanLiteral
  | HexLiteral
  | BinaryLiteral
  | TimestampLiteral;

/** `'...'`, with the escapes resolved. */
export interface StringLiteral {
  readonly kind: 'string';
  readonly value: string;
  readonly offset: number;
}

/** `value` is the nearest double; beyond 2^53 only `text`, the number as written, is exact. */
export interface IntegerLiteral {
  readonly kind: 'integer';
  readonly value: number;
  readonly text: string;
  readonly offset: number;
}

/** `value` is the nearest double, `text` the number as written. */
export interface FloatLiteral {
  readonly kind: 'float';
  readonly value: number;
  readonly text: string;
  readonly offset: number;
}

export interface BooleanLiteral {
  readonly kind: 'boolean';
  readonly value: boolean;
  readonly offset: number;
}

/** `h'ffd8'`; `text` is what stands between the quotes, pairs of hex digits. */
export interface HexLiteral {
  readonly kind: 'hex';
  readonly text: string;
  readonly offset: number;
}

/** `b'dGVzdA=='`; `text` is what stands between the quotes, base64. */
export interface BinaryLiteral {
  readonly kind: 'binary';
  readonly text: string;
  readonly offset: number;
}

/** `t'2025-01-01T00:00:00Z'`; `text` is what stands between the quotes, RFC 3339 in UTC. */
export interface TimestampLiteral {
  readonly kind: 'timestamp';
  readonly text: string;
  readonly offset: number;
}
