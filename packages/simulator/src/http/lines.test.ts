import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BadLine, readLines, readNdjson } from './lines.ts';

async function* chunked(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

test('lines come out the same however the bytes are cut, also inside a UTF-8 sequence', async () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n\uFEFF]/g, 'x'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1 }),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      async (lines, sizes) => {
        const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`);
        const seen: string[] = [];
        for await (const { number, text } of readLines(chunked(bytes, sizes))) {
          seen.push(text);
          expect(number).toBe(seen.length);
        }
        expect(seen).toEqual(lines.map((text) => text.toWellFormed()));
      },
    ),
  );
});

test('CR LF ends a line, and the last line needs no end', async () => {
  const bytes = new TextEncoder().encode('a\r\nb');
  const seen: string[] = [];
  for await (const { text } of readLines(chunked(bytes, [1]))) seen.push(text);
  expect(seen).toEqual(['a', 'b']);
});

test('a bad line of NDJSON is reported with its number and the others are read', async () => {
  const bytes = new TextEncoder().encode('{"a":1}\n\n{"a":\n[2]\n');
  const bad: BadLine[] = [];
  const values: unknown[] = [];
  for await (const { line, value } of readNdjson(chunked(bytes, [3]), (one) => bad.push(one)))
    values.push([line, value]);
  expect(values).toEqual([
    [1, { a: 1 }],
    [4, [2]],
  ]);
  expect(bad.map(({ line }) => line)).toEqual([3]);
});
