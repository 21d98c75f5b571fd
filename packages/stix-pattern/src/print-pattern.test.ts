import { describe, expect, it } from 'vitest';
import { parsePattern } from './parse-pattern.ts';
import { printPattern } from './print-pattern.ts';

const canonical = (text: string): string => printPattern(parsePattern(text));

describe('printing', () => {
  it('sets one space around operators and none inside brackets', () => {
    expect(canonical("[ ipv4-addr:value='1.2.3.4' ]")).toBe("[ipv4-addr:value = '1.2.3.4']");
  });

  it('quotes a step only where it must', () => {
    expect(canonical("[a:'b'.'MD5'.'SHA-256'.'_x1'.'1x'.''.'AND'.'é' = 1]")).toBe(
      "[a:b.MD5.'SHA-256'._x1.'1x'.''.'AND'.'é' = 1]",
    );
  });

  it('escapes quotes and backslashes in strings and in steps', () => {
    const text = "[a:'it\\'s'.'\\\\' = '\\\\\\'']";
    expect(canonical(text)).toBe(text);
  });

  it('drops parentheses that change nothing and keeps those that matter', () => {
    expect(canonical('(([a:b = 1]) AND ([c:d = 2]))')).toBe('[a:b = 1] AND [c:d = 2]');
    expect(canonical('[((a:b = 1) OR (c:d = 2 AND e:f = 3))]')).toBe(
      '[a:b = 1 OR c:d = 2 AND e:f = 3]',
    );
    for (const text of [
      '[a:b = 1 AND (c:d = 2 OR e:f = 3)]',
      '[(a:b = 1 AND c:d = 2) AND e:f = 3]',
      '[a:b = 1] AND ([c:d = 2] FOLLOWEDBY [e:f = 3])',
      '([a:b = 1] OR [c:d = 2]) WITHIN 5 SECONDS',
      '([a:b = 1] WITHIN 5 SECONDS) REPEATS 2 TIMES',
      '[a:b = 1] WITHIN 5 SECONDS REPEATS 2 TIMES AND [c:d = 2]',
      '[NOT (a:b = 1 OR c:d = 2)]',
      '[NOT a:b NOT = 1]',
    ]) {
      expect(canonical(text)).toBe(text);
    }
  });

  it('leaves numbers and the text of literals as they were written', () => {
    const text =
      "[a:b IN (+1, -0, .50, 9007199254740993, h'fF', b'AA==', t'2025-01-01T00:00:00.10Z')]";
    expect(canonical(text)).toBe(text);
  });

  it('puts NOT before the operator, where the official grammar wants it', () => {
    expect(canonical("[NOT a:b = 'x']")).toBe("[a:b NOT = 'x']");
    expect(canonical('[NOT EXISTS a:b]')).toBe('[NOT EXISTS a:b]');
  });
});
