import { describe, expect, it } from 'vitest';
import type { ComparisonExpression } from './ast.ts';
import { parsePattern } from './parse-pattern.ts';
import { refusal } from './testing/refusal.ts';

function comparison(text: string): ComparisonExpression {
  const { expression } = parsePattern(`[${text}]`);
  if (expression.kind !== 'observation') throw new Error('not one observation');
  return expression.comparison;
}

/** The structure of comparisons with every implied pair of parentheses written out. */
function grouped(node: ComparisonExpression): string {
  switch (node.kind) {
    case 'comparisons':
      return `(${node.operands.map(grouped).join(` ${node.operator} `)})`;
    case 'negation':
      return `not ${grouped(node.operand)}`;
    default:
      return node.negated ? `not ${node.path.objectType}` : node.path.objectType;
  }
}

describe('comparisons', () => {
  it('binds AND tighter than OR', () => {
    expect(grouped(comparison('a:x=1 OR b:x=1 AND c:x=1 OR d:x=1'))).toBe('(a OR (b AND c) OR d)');
  });

  it('lets parentheses override precedence', () => {
    expect(grouped(comparison('(a:x=1 OR b:x=1) AND c:x=1'))).toBe('((a OR b) AND c)');
  });

  it('accepts operands of AND that speak of different object types', () => {
    expect(grouped(comparison("file:name = 'a' AND ipv4-addr:value = '192.0.2.1'"))).toBe(
      '(file AND ipv4-addr)',
    );
  });

  it.each(['=', '!=', '<', '<=', '>', '>='])('reads the operator %s', (operator) => {
    expect(comparison(`a:b ${operator} 1`)).toMatchObject({ operator, negated: false });
  });

  it('reads == as = and <> as !=', () => {
    expect(comparison('a:b == 1')).toMatchObject({ operator: '=' });
    expect(comparison('a:b <> 1')).toMatchObject({ operator: '!=' });
  });

  it.each(['LIKE', 'MATCHES', 'ISSUBSET', 'ISSUPERSET'])(
    'gives %s a string and nothing else',
    (operator) => {
      expect(comparison(`a:b ${operator} 'x'`)).toMatchObject({ operator, value: { value: 'x' } });
      expect(refusal(`[a:b ${operator} 1]`).expected).toEqual(['a string']);
      expect(refusal(`[a:b ${operator} t'2025-01-01T00:00:00Z']`).expected).toEqual(['a string']);
    },
  );

  it('orders strings, numbers, times, hex and binary, but not booleans', () => {
    for (const literal of ["'x'", '1', '1.5', "h'ff'", "b'AAAA'", "t'2025-01-01T00:00:00Z'"]) {
      expect(comparison(`a:b >= ${literal}`)).toMatchObject({ operator: '>=' });
    }
    expect(refusal('[a:b > true]').offset).toBe(7);
  });

  it.each(['=', '!=', '<', '<=', '>', '>=', 'LIKE', 'MATCHES', 'ISSUBSET', 'ISSUPERSET'])(
    'negates %s by a NOT before it',
    (operator) => {
      expect(comparison(`a:b NOT ${operator} 'x'`)).toMatchObject({ operator, negated: true });
    },
  );

  it('reads a set of mixed literals, of one and of none', () => {
    expect(comparison("a:b IN (1, 'x', true, h'00')")).toMatchObject({
      kind: 'membership',
      values: [{ kind: 'integer' }, { kind: 'string' }, { kind: 'boolean' }, { kind: 'hex' }],
    });
    expect(comparison('a:b NOT IN (1)')).toMatchObject({ negated: true, values: [{ value: 1 }] });
    expect(comparison('a:b IN ()')).toMatchObject({ values: [] });
  });

  it('refuses a set with a comma too many or without parentheses', () => {
    expect(refusal('[a:b IN (1,)]').expected).toEqual(['a literal']);
    expect(refusal('[a:b IN 1]').expected).toEqual(['"("']);
    expect(refusal('[a:b IN (1 2)]').expected).toEqual(['","', '")"']);
  });

  it('reads EXISTS before a path, and NOT EXISTS', () => {
    expect(comparison('EXISTS a:b.c')).toMatchObject({ kind: 'existence', negated: false });
    expect(comparison('NOT EXISTS a:b')).toMatchObject({ kind: 'existence', negated: true });
  });

  it('reads NOT before a comparison as NOT before its operator', () => {
    const { offset, ...prefixed } = { ...comparison('NOT a:b = 1'), path: null, value: null };
    const infixed = { ...comparison('a:b NOT = 1'), path: null, value: null };
    expect(infixed).toMatchObject(prefixed);
    expect(offset).toBe(1);
  });

  it('reads NOT before parentheses as the negation of all within', () => {
    expect(grouped(comparison('NOT (a:x=1 OR b:x=1) AND c:x=1'))).toBe('(not (a OR b) AND c)');
  });

  it('keeps a double negation as it is', () => {
    expect(comparison('NOT a:b NOT = 1')).toMatchObject({
      kind: 'negation',
      operand: { kind: 'comparison', negated: true },
    });
  });

  it('refuses an operator or an operand that is missing', () => {
    expect(refusal('[a:b]').expected).toEqual(['a comparison operator']);
    expect(refusal('[a:b = ]').expected).toEqual(['a literal']);
    expect(refusal('[a:b = 1 AND]').offset).toBe(12);
    expect(refusal('[]').offset).toBe(1);
  });

  it('refuses a comparison of two paths', () => {
    expect(refusal('[a:b = c:d]').found).toBe('"c"');
  });
});
