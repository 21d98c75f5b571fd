import { expect, test } from 'vitest';
import { createPaint } from '../../../terminal/paint.ts';
import { readPattern } from '../reading/read-pattern.ts';
import { syntaxErrorLines } from './syntax-error.ts';

/** The character of the shown line that the caret stands under. */
function under(pattern: string): string {
  const reading = readPattern(pattern);
  if (reading.ok) throw new Error('it is a pattern');
  const lines = syntaxErrorLines(reading, createPaint(false));
  const caret = lines.findIndex((line) => line.trim() === '^');
  const column = lines[caret]?.indexOf('^') ?? -1;
  return lines[caret - 1]?.slice(column, column + 3) ?? '';
}

test('the caret stands under the mistake', () => {
  expect(under("[a:b = 'x' & c:d = 'y']")).toBe('& c');
});

test('in the right line of several', () => {
  expect(under("[a:b = 'x'\n  OR c:d ? 'y'\n  OR e:f = 'z']")).toBe("? '");
});

test('also behind what is written as an escape, and in a long line', () => {
  expect(under("[a:b = '\u001b\u202e' & c:d = 'y']")).toBe('& c');
  expect(under(`[a:b = '${'x'.repeat(5_000)}' & c:d = '${'y'.repeat(5_000)}']`)).toBe('& c');
});

test('at the end and at the beginning', () => {
  expect(under("[a:b = 'x'")).toBe('');
  expect(under('a')).toBe('a');
  expect(under('\n\na')).toBe('a');
});
