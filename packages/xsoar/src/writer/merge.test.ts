import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DesiredIndicator, IocObject } from '../indicator.ts';
import { mergeIndicator, mergeTags } from './merge.ts';

const current: IocObject = {
  id: '114',
  version: 4,
  value: 'evil.example',
  indicator_type: 'Domain',
  score: 2,
  source: 'OpenCTI',
  comment: 'seen by the night shift',
  investigationIDs: ['7'],
  CustomFields: { tags: ['night', 'apt'], description: 'old', analystnote: 'mine' },
};

const desired: DesiredIndicator = {
  value: 'evil.example',
  indicator_type: 'Domain',
  score: 2,
  source: 'OpenCTI',
  CustomFields: { tags: ['apt'], description: 'old' },
};

const ours = ['apt'];

it('sees that there is nothing to do', () => {
  const { merged, changed } = mergeIndicator(current, desired, ours);
  expect(changed).toBe(false);
  expect(merged).toEqual(current);
});

it('puts our fields over what is there and keeps those of analysts and of XSOAR', () => {
  const wanted = {
    ...desired,
    score: 3,
    CustomFields: { tags: ['apt'], description: 'new', confidence: '80' },
  };
  const { merged, changed } = mergeIndicator(current, wanted, ours);
  expect(changed).toBe(true);
  expect(merged).toEqual({
    ...current,
    score: 3,
    CustomFields: {
      tags: ['night', 'apt'],
      description: 'new',
      confidence: '80',
      analystnote: 'mine',
    },
  });
});

it('does not touch what it was given', () => {
  const before = structuredClone(current);
  mergeIndicator(current, { ...desired, score: 3, CustomFields: { tags: ['x'] } }, ours);
  expect(current).toEqual(before);
});

it('keeps value and type as they are stored: an edit of them is another indicator', () => {
  const stored = { ...current, value: 'Evil.Example', indicator_type: 'Host' };
  const { merged, changed } = mergeIndicator(stored, desired, ours);
  expect(changed).toBe(false);
  expect(merged).toMatchObject({ value: 'Evil.Example', indicator_type: 'Host' });
});

it('leaves alone what we have nothing to say about', () => {
  const stored = { ...current, expiration: '2027-01-01T00:00:00Z', manualScore: true };
  expect(mergeIndicator(stored, desired, ours).merged).toEqual(stored);
});

it('clears a field that we want empty', () => {
  const stored = { ...current, expiration: '2027-01-01T00:00:00Z' };
  const { merged, changed } = mergeIndicator(stored, { ...desired, expiration: null }, ours);
  expect(changed).toBe(true);
  expect(merged.expiration).toBeNull();
});

it('never overwrites a comment of an analyst, and fills an empty one', () => {
  const wanted = { ...desired, comment: 'from OpenCTI' };
  expect(mergeIndicator(current, wanted, ours).merged.comment).toBe('seen by the night shift');
  const filled = mergeIndicator({ ...current, comment: '' }, wanted, ours);
  expect(filled).toMatchObject({ changed: true, merged: { comment: 'from OpenCTI' } });
});

it('keeps up with a comment that is ours', () => {
  const before = ['seen by the night shift'];
  const wanted = { ...desired, comment: 'from OpenCTI' };
  expect(mergeIndicator(current, wanted, ours, [], before).merged.comment).toBe('from OpenCTI');
  expect(mergeIndicator(current, desired, ours, [], before).merged.comment).toBe('');
});

it('drops what a search adds to an object', () => {
  const { merged, changed } = mergeIndicator(
    { ...current, sortValues: ['1'], highlight: { value: ['x'] } },
    desired,
    ours,
  );
  expect(changed).toBe(false);
  expect(merged).toEqual(current);
});

it.each([undefined, null])('copes with CustomFields %j', (CustomFields) => {
  const bare: IocObject = { id: '1', version: 1, value: 'a', indicator_type: 'Domain', score: 2 };
  const stored = CustomFields === undefined ? bare : { ...bare, CustomFields };
  const { merged } = mergeIndicator(stored, desired, []);
  expect(merged.CustomFields).toEqual({ description: 'old', tags: ['apt'] });
});

it('takes a single tag that is stored as a text for a list of one', () => {
  const stored = { ...current, CustomFields: { tags: 'night', description: 'old' } };
  expect(mergeIndicator(stored, desired, []).merged.CustomFields?.tags).toEqual(['night', 'apt']);
});

it('lets no field name reach the prototype', () => {
  const CustomFields = JSON.parse('{"__proto__": {"polluted": true}, "tags": ["apt"]}');
  const { merged } = mergeIndicator(current, { ...desired, CustomFields }, []);
  expect(Object.getPrototypeOf(merged.CustomFields)).toBe(Object.prototype);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

it('takes away our former tags, adds ours, and keeps foreign ones in their order', () => {
  expect(mergeTags(['z', 'old', 'a'], ['b', 'a'], ['old', 'b'])).toEqual(['z', 'a', 'b']);
});

const tags = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'));

it('is idempotent for tags, loses no foreign one and no wanted one', () => {
  fc.assert(
    fc.property(tags, tags, tags, (present, ours, previous) => {
      const merged = mergeTags(present, ours, previous);
      const foreign = present.filter((tag) => !previous.includes(tag));
      expect(new Set(merged)).toEqual(new Set([...foreign, ...ours]));
      expect(merged).toHaveLength(new Set(merged).size);
      expect(mergeTags(merged, ours, ours)).toEqual(merged);
    }),
  );
});

it('empties the fields that were ours and are not wanted any more, and only those', () => {
  const before: IocObject = {
    ...current,
    CustomFields: {
      tags: ['apt'],
      description: 'ours',
      publications: [{ title: 'ours' }],
      lastseenbysource: '2026-01-02T03:04:05Z',
      analystnote: 'mine',
    },
  };
  const wanted: DesiredIndicator = { ...desired, CustomFields: { tags: ['apt'] } };
  const ours = ['description', 'publications', 'lastseenbysource', 'nolongerthere'];
  const { merged, changed } = mergeIndicator(before, wanted, ['apt'], ours);
  expect(changed).toBe(true);
  expect(merged.CustomFields).toEqual({
    tags: ['apt'],
    description: '',
    publications: [],
    lastseenbysource: null,
    analystnote: 'mine',
  });
});
