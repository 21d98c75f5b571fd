import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columns, excerpt, padded, visible, visibleJson, wrapped } from './visible.ts';

test('what a terminal would obey or hide is written as an escape', () => {
  expect(visible('a\u001b[31m\u009b\u0000\r\n\t\u202e\u2028\ud800z')).toBe(
    'a\\u{1b}[31m\\u{9b}\\u{0}\\r\\n\\t\\u{202e}\\u{2028}\\u{d800}z',
  );
});

test('what can be read stays', () => {
  expect(visible('bücher 東京 ✓ \\u{1b}')).toBe('bücher 東京 ✓ \\u{1b}');
});

test('nothing that is shown holds a control or format character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const shown of [visible(text), visibleJson({ [text]: text }), excerpt(text, 8)]) {
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }
      expect(JSON.parse(visibleJson({ [text]: text }))).toEqual(
        JSON.parse(JSON.stringify({ [text]: text })),
      );
    }),
  );
});

test('a shortened text says so and cuts no character in two', () => {
  expect(excerpt('abcdef', 6)).toBe('abcdef');
  expect(excerpt('abcdefg', 6)).toBe('abcde…');
  expect(excerpt('abcd😀efg', 6)).toBe('abcd…');
});

test('columns are those of a terminal', () => {
  expect(columns('abc')).toBe(3);
  expect(columns('東京')).toBe(4);
  expect(columns('e\u0301')).toBe(1);
  expect(padded('東', 4)).toBe('東  ');
});

test('prose is broken between words only', () => {
  expect(wrapped('aa bb cc', 5)).toEqual(['aa bb', 'cc']);
  expect(wrapped('aaaaaaaa b', 5)).toEqual(['aaaaaaaa', 'b']);
  expect(wrapped('', 5)).toEqual(['']);
});
