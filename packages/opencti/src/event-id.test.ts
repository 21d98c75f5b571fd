import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareEventIds, parseEventId } from './event-id.ts';

function id(text: string) {
  const parsed = parseEventId(text);
  if (parsed === null) throw new Error(`not an id: ${text}`);
  return parsed;
}

test('an id is read as two numbers and keeps its text', () => {
  expect(parseEventId('1787216405312-7')).toEqual({
    ms: 1787216405312,
    seq: 7,
    text: '1787216405312-7',
  });
  expect(parseEventId('0-0')).toEqual({ ms: 0, seq: 0, text: '0-0' });
});

test('leading zeros are dropped from the text, so that one id has one text', () => {
  expect(parseEventId('007-00')?.text).toBe('7-0');
});

test.each([
  '',
  '1787216405312',
  '1-',
  '-1',
  'a-1',
  '1-2-3',
  '1-2 ',
  ' 1-2',
  '1.5-0',
  '-1-2',
  '1-2\n',
])('text that is not ms-seq is no id: %j', (text) => {
  expect(parseEventId(text)).toBeNull();
});

test('a number too large to be compared exactly is no id', () => {
  expect(parseEventId('9007199254740993-0')).toBeNull();
  expect(parseEventId('1-18446744073709551615')).toBeNull();
});

test('ids are ordered by number and not by text', () => {
  expect(compareEventIds(id('9-0'), id('10-0'))).toBeLessThan(0);
  expect(compareEventIds(id('5-10'), id('5-9'))).toBeGreaterThan(0);
  expect(compareEventIds(id('5-5'), id('5-5'))).toBe(0);
});

test('the order is that of the pair of numbers, for any two ids', () => {
  const part = fc.nat({ max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(part, part, part, part, (ms1, seq1, ms2, seq2) => {
      const order = Math.sign(compareEventIds(id(`${ms1}-${seq1}`), id(`${ms2}-${seq2}`)));
      const expected = Math.sign(ms1 === ms2 ? seq1 - seq2 : ms1 - ms2);
      expect(order).toBe(expected);
    }),
  );
});

test('any text at all is read without throwing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseEventId(text);
    }),
  );
});
