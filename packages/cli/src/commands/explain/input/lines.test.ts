import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitLines } from './lines.ts';

async function linesOf(pieces: string[], max = 1_000): Promise<string[]> {
  const lines: string[] = [];
  for await (const { number, text } of splitLines(pieces, max)) lines.push(`${number} ${text}`);
  return lines;
}

test('lines end with LF or CR LF, and the last one needs no end', async () => {
  expect(await linesOf(['a\r\nb\n\nc'])).toEqual(['1 a', '2 b', '3 ', '4 c']);
  expect(await linesOf(['a\n'])).toEqual(['1 a']);
  expect(await linesOf([])).toEqual([]);
});

test('line separators of Unicode stand in JSON texts and end nothing', async () => {
  expect(await linesOf(['a\u2028b\u2029c\u0085d'])).toEqual(['1 a\u2028b\u2029c\u0085d']);
});

test('a byte order mark is no part of the first line', async () => {
  expect(await linesOf(['\ufeff{}\n\ufeff'])).toEqual(['1 {}', '2 \ufeff']);
});

test('where the pieces are cut makes no difference', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.stringMatching(/^[ab\n]{0,5}$/)), async (pieces) => {
      expect(await linesOf(pieces)).toEqual(await linesOf([pieces.join('')]));
    }),
  );
});

test('a line without end is refused before memory is', async () => {
  await expect(linesOf(['x'.repeat(60), 'x'.repeat(60)], 100)).rejects.toThrow(RangeError);
  expect(await linesOf(['x'.repeat(60), '\n', 'x'.repeat(60)], 100)).toHaveLength(2);
});
