import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anyOf, idClause, quoted, valueClause } from './query.ts';

it('escapes quotes and backslashes', () => {
  expect(valueClause('C:\\x "y"')).toBe('value:"C:\\\\x \\"y\\""');
});

it('joins clauses with or', () => {
  expect(anyOf([idClause('114'), valueClause('a')])).toBe('id:"114" or value:"a"');
});

it('never lets a value end its quotes', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const inner = quoted(text).slice(1, -1);
      // Read as the server does: a backslash takes the next character with it.
      let read = '';
      for (let index = 0; index < inner.length; index += 1) {
        if (inner[index] === '"') return false;
        if (inner[index] === '\\') index += 1;
        read += inner[index];
      }
      return read === text;
    }),
  );
});
