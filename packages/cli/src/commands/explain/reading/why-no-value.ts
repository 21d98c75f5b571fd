import type { Comparison } from '@xsoar-intel/stix-pattern';

/**
 * Why a comparison names no value as observed, in words that go on after "because"; null for one that
 * does name a value. `negated` also counts a NOT around it.
 */
export function whyNoValue(comparison: Comparison, negated: boolean): string | null {
  const { operator } = comparison;
  if (negated) {
    return operator === '!='
      ? 'NOT and != together may mean "equal", but too much would rest on a double negation'
      : 'a negated comparison says what is not observed';
  }
  switch (operator) {
    case '=':
    case 'IN':
    case 'ISSUBSET':
      return null;
    case '!=':
      return '!= says what is not observed';
    case '<':
    case '<=':
    case '>':
    case '>=':
      return `${operator} names a range and not a value`;
    case 'LIKE':
      return withoutWildcard(comparison)
        ? 'LIKE describes a form; this one has neither % nor _, so = would say the same and name the value'
        : 'LIKE describes a form that many values have';
    case 'MATCHES':
      return 'MATCHES is a regular expression that many values fit';
    case 'ISSUPERSET':
      return 'ISSUPERSET asks for a network around this one and does not name it';
    case 'EXISTS':
      return 'EXISTS only says that there is some value';
  }
}

function withoutWildcard(comparison: Comparison): boolean {
  if (comparison.kind !== 'comparison' || comparison.value.kind !== 'string') return false;
  const { value } = comparison.value;
  return !value.includes('%') && !value.includes('_');
}
