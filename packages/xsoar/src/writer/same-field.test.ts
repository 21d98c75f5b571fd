import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isSameFieldValue } from './same-field.ts';

it.each([
  [undefined, ''],
  [null, []],
  ['0001-01-01T00:00:00Z', null],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.123Z'],
  ['2026-01-02T04:04:05+01:00', '2026-01-02T03:04:05Z'],
  [
    ['a', 'b'],
    ['b', 'a'],
  ],
  [[{ title: 'x', link: '' }], [{ title: 'x' }]],
])('takes %j and %j for the same', (a, b) => {
  expect(isSameFieldValue(a, b)).toBe(true);
  expect(isSameFieldValue(b, a)).toBe(true);
});

it.each([
  [0, null],
  [false, null],
  [0, false],
  ['1', 1],
  ['a', 'A'],
  [['a'], ['a', 'a']],
  [
    [{ title: 'x' }, { title: 'y' }],
    [{ title: 'y' }, { title: 'x' }],
  ],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:06Z'],
  ['2026-99-99T00:00:00Z', '2026-98-98T00:00:00Z'],
  [{ a: 1 }, [1]],
])('takes %j and %j for different', (a, b) => {
  expect(isSameFieldValue(a, b)).toBe(false);
  expect(isSameFieldValue(b, a)).toBe(false);
});

it('takes any JSON for the same as its copy', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) =>
      isSameFieldValue(value, JSON.parse(JSON.stringify(value))),
    ),
  );
});
