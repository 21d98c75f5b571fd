import type { PatternError } from '@xsoar-intel/stix-pattern';
import { visible } from '../../../terminal/visible.ts';
import { patternOfValue } from './pattern-of-value.ts';

// Patterns are untrusted: only a piece is looked at, with expressions that cannot backtrack far.
const looked = 400;

/**
 * What is known to go wrong often, and how it is put right; an example stands on a line of its own.
 * Null where nothing is recognised.
 */
export function hintFor(text: string, error: PatternError): string | null {
  if (error.code !== 'syntax') return limitHint(error);
  if (text.slice(0, error.offset).trim() === '') return startHint(text.trim().slice(0, looked));
  return operatorHint(text, error) ?? literalHint(text, error) ?? structureHint(text, error);
}

function limitHint({ code }: PatternError): string {
  return code === 'too-many-comparisons'
    ? 'A pattern of this size is better written with IN: a list counts as one comparison.'
    : 'The limits keep one pattern from stopping all others; no pattern that people write reaches them.';
}

const languages: readonly [RegExp, string][] = [
  [/^(?:(?:private|global) )*rule\s+\w+|^import "/, 'YARA'],
  [/^(?:alert|drop|log|pass|reject|block) (?:tcp|udp|ip|icmp|http|dns|tls)\b/, 'Snort or Suricata'],
  [/^(?:title|id|status|logsource|detection):\s/, 'Sigma'],
  [/^(?:SELECT|FROM|index=|source=)/i, 'a query language'],
];

function startHint(start: string): string | null {
  for (const [form, language] of languages) {
    if (!form.test(start)) continue;
    return `This looks like ${language}, not like a STIX pattern. In OpenCTI its pattern type would say so, and it would be left out as not-stix-pattern: XSOAR has no indicator type for rules.`;
  }
  if (/^[A-Za-z][\w-]*:[\w.'-]+\s*(?:[=<>!]|(?:NOT|IN|LIKE|MATCHES|ISSUBSET)\b)/.test(start)) {
    return 'Comparisons stand in square brackets: [ ... ].';
  }
  const pattern = patternOfValue(start);
  return pattern === null
    ? null
    : `This looks like a value alone. The pattern for it would be:\n${visible(pattern)}`;
}

const keywords = new Set(
  'AND OR NOT IN LIKE MATCHES ISSUBSET ISSUPERSET EXISTS FOLLOWEDBY WITHIN REPEATS START STOP SECONDS TIMES'.split(
    ' ',
  ),
);

function operatorHint(text: string, { offset, expected }: PatternError): string | null {
  const rest = text.slice(offset, offset + 24);
  const word = /^[A-Za-z]+/.exec(rest)?.[0] ?? '';
  const upper = word.toUpperCase();
  if (word !== upper && keywords.has(upper)) return `Operators are in capitals: ${upper}.`;
  if (rest.startsWith('&')) return 'Comparisons are joined by the word AND.';
  if (rest.startsWith('|')) return 'Alternatives are joined by the word OR.';
  if (rest.startsWith(',') && expected.includes('AND')) {
    return 'Comparisons are joined by AND or OR; commas stand only in the list of IN ( ... ).';
  }
  if (expected.includes('SECONDS')) return 'WITHIN takes seconds only: WITHIN 300 SECONDS.';
  if (expected.includes('a comparison operator') && rest.startsWith(':')) {
    return 'The colon stands once, between object type and property; the test is = .';
  }
  if (expected.includes('a comparison operator') && rest.startsWith(']')) {
    return 'A path alone tests nothing: compare it with a value, or write EXISTS before it.';
  }
  if (expected.includes('":"')) {
    return 'A colon stands between object type and property: ipv4-addr:value.';
  }
  return null;
}

function literalHint(text: string, { offset, expected }: PatternError): string | null {
  const here = text.charAt(offset);
  const before = text.charAt(offset - 1);
  if (here === '\\') {
    return "In a string a backslash is written twice: 'C:\\\\Windows'. A quote is written \\'.";
  }
  if ('‘’“”`´'.includes(here) && here !== '') {
    return "These are typographic quotes, as word processors set them; strings stand in ' '.";
  }
  if (here === '"') {
    return "Strings stand in single quotes: 'text'.";
  }
  if (expected.includes('a closing quote')) return 'A string was opened and never closed.';
  if ((expected.includes('a literal') || expected.includes('a string')) && /\w/.test(here)) {
    return "A text stands in single quotes: 'text'. Without them only numbers, true and false.";
  }
  if (before === "'" && /\w/.test(here)) {
    return "A quote inside a string is written \\' ; here it ended the string.";
  }
  if (expected.includes('"("') && here === "'") return "IN takes a list: IN ('a', 'b').";
  return null;
}

function structureHint(text: string, { offset, expected }: PatternError): string | null {
  const here = text.charAt(offset);
  if (expected.includes('"]"')) {
    if (here === '') return 'The closing bracket is missing.';
    if (here === ')') return 'This parenthesis was never opened.';
  }
  if (expected.includes('")"') && (here === ']' || here === '')) {
    return 'The closing parenthesis is missing.';
  }
  if (here === '[' && expected.includes('FOLLOWEDBY')) {
    return 'Observations are joined by AND, OR or FOLLOWEDBY.';
  }
  if (here === ']' && expected.includes('EXISTS')) return 'A comparison is missing before it.';
  if (here === '' && expected.includes('"["')) return 'Another observation [ ... ] has to follow.';
  return null;
}
