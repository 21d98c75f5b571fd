import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Pattern } from './ast.ts';
import { observedValues } from './observed-values.ts';
import { parsePattern } from './parse-pattern.ts';
import { PatternError } from './pattern-error.ts';
import { defaultLimits, type PatternLimits } from './pattern-limits.ts';
import { printPattern } from './print-pattern.ts';
import { Scanner } from './scanner.ts';
import { anyText, arbitraryPattern } from './testing/arbitrary-pattern.ts';
import { withoutOffsets } from './testing/without-offsets.ts';

const prototypeKeys = () => Reflect.ownKeys(Object.prototype).map(String).sort();
let keysBefore: string[] = [];
beforeAll(() => {
  keysBefore = prototypeKeys();
});
afterAll(() => {
  expect(prototypeKeys()).toEqual(keysBefore);
});

/** Whatever the text, there is a tree that prints and parses again, or a typed error that points into it. */
function survives(text: string): void {
  const result = parseOrError(text);
  if (result instanceof PatternError) {
    expect(result.offset).toBeGreaterThanOrEqual(0);
    expect(result.offset).toBeLessThanOrEqual(text.length);
    expect(result.line).toBeGreaterThanOrEqual(1);
    expect(result.column).toBeGreaterThanOrEqual(1);
    if (result.code === 'syntax') expect(result.expected).not.toEqual([]);
    expect(result.message.isWellFormed()).toBe(true);
    expect(result.message.length).toBeLessThan(500);
  } else {
    observedValues(result);
    expect(withoutOffsets(parsePattern(printPattern(result)))).toEqual(withoutOffsets(result));
  }
}

function parseOrError(text: string, limits?: Partial<PatternLimits>): Pattern | PatternError {
  try {
    return parsePattern(text, limits);
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
}

const pieces = fc.constantFrom(
  ...['[', ']', '(', ')', ':', '.', ',', '*', '=', '!=', '<>', '<=', '>', "'", "\\'", '\\'],
  ...['AND', 'OR', 'NOT', 'IN', 'LIKE', 'EXISTS', 'ISSUBSET', 'FOLLOWEDBY', 'WITHIN', 'SECONDS'],
  ...['REPEATS', 'TIMES', 'START', 'STOP', 'true', 'a', 'a:b', "'x'", '1', '-1', '.5', '/*', '*/'],
  ...['//', '\n', ' ', '\0', '\ud800', '__proto__', "h'ff'", "b'AAAA'", "t'2025-01-01T00:00:00Z'"],
);

describe('parsing and printing', () => {
  it('give back every tree', () => {
    fc.assert(
      fc.property(arbitraryPattern, (tree) => {
        expect(withoutOffsets(parsePattern(printPattern(tree)))).toEqual(withoutOffsets(tree));
      }),
      { numRuns: 1_000 },
    );
  });

  it('give a canonical text that prints as itself', () => {
    fc.assert(
      fc.property(arbitraryPattern, (tree) => {
        const text = printPattern(tree);
        expect(printPattern(parsePattern(text))).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});

describe('any text gives a tree or a typed error', () => {
  it('random characters', () => {
    fc.assert(fc.property(anyText, survives), { numRuns: 1_000 });
  });

  it('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) =>
        survives(Buffer.from(bytes).toString('latin1')),
      ),
      { numRuns: 500 },
    );
  });

  it('random sequences of tokens', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), fc.boolean(), (tokens, spaced) =>
        survives(tokens.join(spaced ? ' ' : '')),
      ),
      { numRuns: 3_000 },
    );
  });

  it('valid patterns with a piece removed, doubled, or put in', () => {
    fc.assert(
      fc.property(
        arbitraryPattern.map(printPattern),
        fc.nat(),
        fc.nat({ max: 12 }),
        fc.oneof(pieces, anyText, fc.constant('')),
        (text, place, length, piece) => {
          const at = place % (text.length + 1);
          survives(text.slice(0, at) + piece + text.slice(at + length));
          survives(text.slice(0, at + length) + text.slice(at));
          survives(text.slice(0, at));
        },
      ),
      { numRuns: 1_500 },
    );
  });
});

/** Texts of `length` characters, each the worst case of some part of the parser. */
const worstCases: Readonly<Record<string, (length: number) => string>> = {
  'opening parentheses': (length) => '('.repeat(length),
  'opening brackets': (length) => '['.repeat(length),
  'one string': (length) => `[a:b = '${'x'.repeat(length - 10)}']`,
  'a string of escapes': (length) => `[a:b = '${'\\\\'.repeat((length - 10) / 2)}']`,
  'a string without an end': (length) => `[a:b = '${'x'.repeat(length - 8)}`,
  'many strings': (length) => `[a:b IN (${"'',".repeat((length - 14) / 3)}'')]`,
  'half-open literals': (length) => `[a:b IN (${"h'',".repeat((length - 15) / 4)}h'')]`,
  'one number': (length) => `[a:b = ${'9'.repeat(length - 8)}]`,
  'one float': (length) => `[a:b = .${'9'.repeat(length - 9)}]`,
  'one name': (length) => `[a:${'b'.repeat(length - 9)} = 1]`,
  'many steps': (length) => `[a:b${'[1]'.repeat((length - 9) / 3)} = 1]`,
  'many names': (length) => `[a:b${'.c'.repeat((length - 9) / 2)} = 1]`,
  'white space': (length) => `[a:b =${' '.repeat(length - 8)}1]`,
  comments: (length) => `[a:b =${'/**/'.repeat((length - 8) / 4)}1]`,
  'comment openings': (length) => `[a:b =${'/*'.repeat((length - 8) / 2)}`,
  'line comments': (length) => `[a:b =${'//\n'.repeat((length - 8) / 3)}1]`,
  'a comparison chain': (length) => `[${'a:b=1 OR '.repeat((length - 8) / 9)}a:b=1]`,
  'an observation chain': (length) => `${'[a:b=1]OR'.repeat((length - 8) / 9)}[a:b=1]`,
  qualifiers: (length) => `[a:b=1]${'WITHIN 1SECONDS'.repeat((length - 8) / 15)}`,
  'line breaks before an error': (length) => `${'\n'.repeat(length - 1)}?`,
  'NUL and surrogates': (length) => '\0\ud800'.repeat(length / 2),
};

describe('time is linear', () => {
  const limits = { maxComparisons: 100_000 };
  const run = (text: string): void => {
    const result = parseOrError(text, limits);
    if (result instanceof PatternError) return;
    printPattern(result);
    observedValues(result);
  };

  it.each(Object.entries(worstCases))('%s: 64 KiB are read within 50 ms', (_name, make) => {
    const text = make(defaultLimits.maxLength);
    expect(text.length).toBeLessThanOrEqual(defaultLimits.maxLength);
    // The best of several runs, because the machine may be busy with others.
    let best = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 20 && best > 50; attempt += 1) {
      const start = performance.now();
      run(text);
      best = Math.min(best, performance.now() - start);
    }
    expect(best).toBeLessThan(50);
  });

  it.each(Object.entries(worstCases))('%s: no character belongs to two tokens', (_name, make) => {
    let reached = 0;
    let tokens = 0;
    const next = Scanner.prototype.next;
    const spy = vi.spyOn(Scanner.prototype, 'next').mockImplementation(function (this: Scanner) {
      next.call(this);
      tokens += 1;
      if (this.start < reached) throw new Error('went back');
      reached = this.end;
    });
    try {
      const text = make(8_192);
      run(text);
      expect(tokens).toBeLessThanOrEqual(text.length + 1);
      expect(tokens).toBeGreaterThan(0);
    } finally {
      spy.mockRestore();
    }
  });
});
