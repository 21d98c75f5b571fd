import { describe, expect, it } from 'vitest';
import { parsePattern } from './parse-pattern.ts';
import { printPattern } from './print-pattern.ts';
import { refusal } from './testing/refusal.ts';

/** The structure of a pattern with every implied pair of parentheses written out. */
function grouped(text: string): string {
  return group(parsePattern(text).expression);
}

function group(node: ReturnType<typeof parsePattern>['expression']): string {
  switch (node.kind) {
    case 'observation':
      return printPattern({ kind: 'pattern', expression: node, offset: 0 }).slice(1, 2);
    case 'observations':
      return `(${node.operands.map(group).join(` ${node.operator} `)})`;
    case 'qualified':
      return `<${group(node.expression)} ${node.qualifiers.map((one) => one.kind).join(' ')}>`;
  }
}

describe('observations', () => {
  it('binds AND tighter than OR and OR tighter than FOLLOWEDBY', () => {
    expect(grouped('[a:x=1] FOLLOWEDBY [b:x=1] OR [c:x=1] AND [d:x=1]')).toBe(
      '(a FOLLOWEDBY (b OR (c AND d)))',
    );
    expect(grouped('[a:x=1] AND [b:x=1] OR [c:x=1] FOLLOWEDBY [d:x=1]')).toBe(
      '(((a AND b) OR c) FOLLOWEDBY d)',
    );
  });

  it('reads a chain of one operator as one flat node', () => {
    expect(grouped('[a:x=1] OR [b:x=1] OR [c:x=1]')).toBe('(a OR b OR c)');
  });

  it('lets parentheses override precedence and keeps the group they make', () => {
    expect(grouped('([a:x=1] OR [b:x=1]) AND [c:x=1]')).toBe('((a OR b) AND c)');
    expect(grouped('([a:x=1] OR [b:x=1]) OR [c:x=1]')).toBe('((a OR b) OR c)');
  });

  it('ignores parentheses that change nothing', () => {
    expect(grouped('((([a:x=1])))')).toBe('a');
  });

  it('binds a qualifier to the observation before it and not to the chain', () => {
    expect(grouped('[a:x=1] AND [b:x=1] WITHIN 5 SECONDS')).toBe('(a AND <b within>)');
    expect(grouped('([a:x=1] AND [b:x=1]) WITHIN 5 SECONDS')).toBe('<(a AND b) within>');
  });

  it('chains qualifiers of different and of the same kind', () => {
    expect(
      grouped(
        "[a:x=1] REPEATS 5 TIMES WITHIN 9 SECONDS START t'2025-01-01T00:00:00Z' STOP t'2025-01-02T00:00:00Z' WITHIN 1 SECONDS",
      ),
    ).toBe('<a repeats within start-stop within>');
  });

  it('keeps qualifiers inside a group apart from those around it', () => {
    expect(grouped('([a:x=1] REPEATS 2 TIMES) REPEATS 3 TIMES')).toBe('<<a repeats> repeats>');
  });

  it('goes on after a qualifier', () => {
    expect(grouped('[a:x=1] REPEATS 2 TIMES FOLLOWEDBY [b:x=1]')).toBe(
      '(<a repeats> FOLLOWEDBY b)',
    );
  });
});

describe('qualifiers', () => {
  it('reads WITHIN with an integer or a fraction of seconds', () => {
    expect(parsePattern('[a:b=1] WITHIN 5.5 SECONDS').expression).toMatchObject({
      qualifiers: [{ kind: 'within', seconds: { kind: 'float', value: 5.5 } }],
    });
    expect(parsePattern('[a:b=1] WITHIN 300 SECONDS').expression).toMatchObject({
      qualifiers: [{ kind: 'within', seconds: { kind: 'integer', value: 300 } }],
    });
  });

  it('refuses negative numbers, and REPEATS a fraction of times', () => {
    expect(refusal('[a:b=1] WITHIN -5 SECONDS').expected).toEqual(['a positive number']);
    expect(refusal('[a:b=1] REPEATS -5 TIMES').expected).toEqual(['a positive integer']);
    expect(refusal('[a:b=1] REPEATS 1.5 TIMES').expected).toEqual(['a positive integer']);
  });

  it('knows SECONDS as the only unit', () => {
    expect(refusal('[a:b=1] WITHIN 5 HOURS').expected).toEqual(['SECONDS']);
  });

  it('reads the times of STIX 2.0, plain strings, as timestamps', () => {
    const modern = "[a:b = 1] START t'2016-06-01T00:00:00Z' STOP t'2016-07-01T00:00:00Z'";
    expect(printPattern(parsePattern(modern.replaceAll("t'", "'")))).toBe(modern);
  });

  it('refuses START with a string that is no timestamp, and START without STOP', () => {
    expect(refusal("[a:b=1] START 'today' STOP 'tomorrow'").found).toBe(`"'today'"`);
    expect(refusal("[a:b=1] START t'2016-06-01T00:00:00Z'").expected).toEqual(['STOP']);
  });
});

describe('the text around the tokens', () => {
  it('needs no space where tokens cannot run together', () => {
    expect(printPattern(parsePattern("([a:b='x'AND(c:d>=1)]WITHIN 5SECONDS)OR[e:f IN(1,2)]"))).toBe(
      "[a:b = 'x' AND c:d >= 1] WITHIN 5 SECONDS OR [e:f IN (1, 2)]",
    );
  });

  it('allows space, line breaks and tabs anywhere between tokens', () => {
    expect(printPattern(parsePattern(' \t[ a : b \r\n[ 0 ] . c\v=\f1 ]\n'))).toBe('[a:b[0].c = 1]');
  });

  it.each([
    '\u0085',
    '\u00a0',
    '\u1680',
    '\u2000',
    '\u200a',
    '\u2028',
    '\u2029',
    '\u202f',
    '\u205f',
    '\u3000',
  ])('takes the white space %j for white space', (space) => {
    expect(printPattern(parsePattern(`${space}[a:b${space}=${space}1]${space}`))).toBe('[a:b = 1]');
  });

  it.each(['\ufeff', '\u200b', '\u180e', '\0'])('does not take %j for white space', (character) => {
    expect(refusal(`${character}[a:b = 1]`).offset).toBe(0);
  });

  it('skips block and line comments', () => {
    expect(printPattern(parsePattern("/* one */[a:b /* 'two' */ = // three ]\n1]// four"))).toBe(
      '[a:b = 1]',
    );
    expect(printPattern(parsePattern('[a:b = 1] // ends with CR\rOR [c:d = 2]'))).toBe(
      '[a:b = 1] OR [c:d = 2]',
    );
  });

  it('ends a block comment at the first end mark', () => {
    expect(refusal('[a:b /* /* */ */ = 1]').offset).toBe(14);
  });

  it('knows keywords in capitals only, and true and false in small letters only', () => {
    expect(refusal('[a:b = 1 and c:d = 2]').found).toBe('"and"');
    expect(refusal('[a:b = 1] within 2 SECONDS').found).toBe('"within"');
    expect(refusal('[a:b = TRUE]').found).toBe('"TRUE"');
  });

  it('refuses text after the pattern', () => {
    expect(refusal('[a:b = 1] [c:d = 2]').offset).toBe(10);
    expect(refusal('[a:b = 1])').offset).toBe(9);
  });
});
