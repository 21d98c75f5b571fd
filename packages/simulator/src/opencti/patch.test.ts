import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPatch, diffObjects } from './patch.ts';

const json = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });

test('a patch leads from one version to the other, and the reverse patch back', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      const before = JSON.parse(JSON.stringify(a));
      const after = JSON.parse(JSON.stringify(b));
      const { patch, reverse } = diffObjects(before, after);
      expect(applyPatch(before, patch)).toEqual(after);
      expect(applyPatch(after, reverse)).toEqual(before);
    }),
  );
});

test('equal objects need no patch', () => {
  expect(diffObjects({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toEqual({
    patch: [],
    reverse: [],
  });
});

test('a key named __proto__ stays an ordinary key', () => {
  const after = JSON.parse('{"__proto__":{"polluted":true}}');
  const { patch } = diffObjects({}, after);
  const result = applyPatch({}, patch);
  expect(Object.keys(result)).toEqual(['__proto__']);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('added list items are removed from the end again', () => {
  const { patch, reverse } = diffObjects({ l: ['a'] }, { l: ['a', 'b', 'c'] });
  expect(patch).toEqual([
    { op: 'add', path: '/l/1', value: 'b' },
    { op: 'add', path: '/l/2', value: 'c' },
  ]);
  expect(reverse).toEqual([
    { op: 'remove', path: '/l/2' },
    { op: 'remove', path: '/l/1' },
  ]);
});
