import { describe, expect, it } from 'vitest';
import { refusal } from './testing/refusal.ts';

describe('errors', () => {
  it('say what was expected, where, and what stands there', () => {
    const error = refusal("[file:size = 1 AND] OR [file:name = 'x']");
    expect(error.message).toBe('expected an object path, "(", NOT or EXISTS at 1:19, found "]"');
    expect(error).toMatchObject({
      name: 'PatternError',
      code: 'syntax',
      offset: 18,
      line: 1,
      column: 19,
      expected: ['an object path', '"("', 'NOT', 'EXISTS'],
      found: '"]"',
    });
  });

  it.each([
    ['', 0, 1, 1],
    ['file:size = 1280', 0, 1, 1],
    ["[ipv4-addr:value = '192.0.2.1'", 30, 1, 31],
    ['[file.size = 1]', 5, 1, 6],
    ['[file:size =? 1]', 12, 1, 13],
    ['[file:name MATCHES /x/]', 19, 1, 20],
    ['[file:hashes.MD5 = cead3f]', 19, 1, 20],
    ['[a:b = 1] WITHIN ]', 17, 1, 18],
    ['[a:b = 1]]', 9, 1, 10],
    ['([a:b = 1]', 10, 1, 11],
    ['rule evil { condition: $a }', 0, 1, 1],
  ])('point at the place in %j', (text, offset, line, column) => {
    expect(refusal(text)).toMatchObject({ offset, line, column });
  });

  it.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
  ])('count lines that end in %s', (_name, end) => {
    expect(refusal(`[a:b = 1${end}OR${end}  c:d ? 2]`)).toMatchObject({ line: 3, column: 7 });
  });

  it('count columns in UTF-16 code units', () => {
    expect(refusal("[a:b = '😀' ?]").column).toBe(13);
  });

  it('say what is missing at the end', () => {
    expect(refusal('[a:b = 1').message).toBe('expected AND, OR or "]" at 1:9, found the end');
    expect(refusal('[a:b = 1] /* x').message).toBe('expected "*/" at 1:15, found the end');
  });

  it('shorten what they found and print nothing that could garble a log line', () => {
    expect(refusal(`[a:b ${'x'.repeat(5_000)}]`).found).toBe(`"${'x'.repeat(32)}…"`);
    expect(refusal('[a:b = \n\u202e]').found).toBe('"\\u{202e}"');
    expect(refusal('[a:b = \0]').found).toBe('"\\u{0}"');
    expect(refusal('[a:b = \ud800]').found).toBe('"\\u{d800}"');
    expect(refusal('[a:b = 😀]').found).toBe('"😀"');
  });
});
