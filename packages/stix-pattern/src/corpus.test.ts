import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePattern } from './parse-pattern.ts';
import { PatternError } from './pattern-error.ts';
import { printPattern } from './print-pattern.ts';
import { withoutOffsets } from './testing/without-offsets.ts';

// Data that lies beside the repository on some machines and is not ours to commit.
const shared = new URL('../../../../shared/', import.meta.url);
const corpus = new URL('data/unit42-indicators.ndjson', shared);
const golden = new URL('golden/', shared);

/** Why a pattern is refused; undefined if it parses and survives printing. */
function reasonAgainst(text: string): string | undefined {
  try {
    const tree = parsePattern(text);
    expect(withoutOffsets(parsePattern(printPattern(tree)))).toEqual(withoutOffsets(tree));
    return undefined;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}

/** Every `pattern` with the `pattern_type` beside it, wherever in the value they are. */
function patternsIn(value: unknown): { type: string; pattern: string }[] {
  if (value === null || typeof value !== 'object') return [];
  const found = Object.values(value).flatMap(patternsIn);
  if ('pattern' in value && typeof value.pattern === 'string') {
    const type = 'pattern_type' in value ? String(value.pattern_type) : 'stix';
    found.push({ type, pattern: value.pattern });
  }
  return found;
}

describe('patterns from real feeds', () => {
  it('are read to the last one', ({ skip }) => {
    if (!existsSync(corpus)) return skip('no ../shared/data/unit42-indicators.ndjson here');
    const patterns = readFileSync(corpus, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line) => patternsIn(JSON.parse(line)));
    expect(patterns.length).toBeGreaterThan(4_000);
    const refused = patterns.map(({ pattern }) => reasonAgainst(pattern)).filter(Boolean);
    expect(refused).toEqual([]);
  });

  it('are refused only where they are broken', ({ skip }) => {
    if (!existsSync(golden)) return skip('no ../shared/golden here');
    const patterns = readdirSync(golden)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => patternsIn(JSON.parse(readFileSync(new URL(name, golden), 'utf8'))))
      .filter(({ type }) => type === 'stix');
    expect(patterns.length).toBeGreaterThan(200);
    const refused = new Set(patterns.map(({ pattern }) => reasonAgainst(pattern)));
    refused.delete(undefined);
    // One is empty, one lacks its last bracket, one ends in AND.
    expect([...refused].sort()).toEqual([
      'expected "[" or "(" at 1:1, found the end',
      'expected AND, OR or "]" at 1:33, found the end',
      'expected an object path, "(", NOT or EXISTS at 1:37, found "]"',
    ]);
  });
});
