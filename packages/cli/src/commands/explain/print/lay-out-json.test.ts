import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOutJson } from './lay-out-json.ts';

test('what fits stands on one line, the rest is broken up', () => {
  const value = { a: [1, 2], b: { c: 'x'.repeat(30) }, d: {}, e: undefined };
  expect(layOutJson(value, '', 60)).toBe(
    `{\n  "a": [1, 2],\n  "b": { "c": "${'x'.repeat(30)}" },\n  "d": {}\n}`,
  );
  expect(layOutJson([1], '', 60)).toBe('[1]');
});

test('it stays JSON of the same value', () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(value, fc.integer({ min: 1, max: 80 }), (json, width) => {
      expect(JSON.parse(layOutJson(json, '', width))).toEqual(JSON.parse(JSON.stringify(json)));
    }),
  );
});

test('a long text is shortened, and says how long it is', () => {
  expect(layOutJson({ description: 'y'.repeat(500) }, '', 100)).toContain('y… (500 characters)"');
});
