import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineEnds } from './line-ends.ts';

function run(chunks: Buffer[]): string {
  const lineEnds = createLineEnds();
  return Buffer.concat(chunks.map(lineEnds)).toString('latin1');
}

test('a chunk without CR is handed on as it is', () => {
  const chunk = Buffer.from('a\nb\n\n');
  expect(createLineEnds()(chunk)).toBe(chunk);
});

test('CR, LF and CRLF each are one line end', () => {
  expect(run([Buffer.from('a\rb\nc\r\nd\r\r\n\n\re')])).toBe('a\nb\nc\nd\n\n\n\ne');
});

test('a CRLF that is cut in two stays one line end', () => {
  expect(run([Buffer.from('a\r'), Buffer.from('\nb\r'), Buffer.from('c\n')])).toBe('a\nb\nc\n');
});

test('any text in any chunks comes out as with every line end replaced', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', 'é') });
  fc.assert(
    fc.property(fc.array(text), (parts) => {
      const expected = Buffer.from(parts.join('').replace(/\r\n|\r/g, '\n')).toString('latin1');
      expect(run(parts.map((part) => Buffer.from(part)))).toBe(expected);
    }),
  );
});
