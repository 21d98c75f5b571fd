import { describe, expect, it } from 'vitest';
import { removalOf, removalTags } from './removal.ts';

const NOW = '2026-08-20T09:00:00.000Z';
const indicator = {
  value: 'a.example',
  indicator_type: 'Domain',
  score: 3,
  expiration: null,
  manualExpirationTime: null,
  CustomFields: { tags: ['c2'], reportedby: ['Northwind'] },
};
const record = { last: JSON.stringify(indicator) };

describe('an indicator that nobody stands behind any more', () => {
  it('is removed by default', () => {
    expect(removalOf(record, { mode: 'delete', tag: 't' }, NOW)).toEqual({ kind: 'remove' });
  });

  it('expires at once, all else as it was', () => {
    expect(removalOf(record, { mode: 'expire', tag: 't' }, NOW)).toEqual({
      kind: 'edit',
      action: 'expired',
      desired: { ...indicator, expiration: NOW, manualExpirationTime: NOW },
    });
  });

  it('gets a tag, once', () => {
    const tagged = { ...indicator, CustomFields: { tags: ['t', 'c2'] } };
    for (const [last, fields] of [
      [record.last, { tags: ['c2', 't'], reportedby: ['Northwind'] }],
      [JSON.stringify(tagged), { tags: ['c2', 't'] }],
      [JSON.stringify({ ...indicator, CustomFields: {} }), { tags: ['t'] }],
    ] as const) {
      expect(removalOf({ last }, { mode: 'tag', tag: 't' }, NOW)).toMatchObject({
        kind: 'edit',
        action: 'tagged',
        desired: { CustomFields: fields },
      });
    }
  });

  it('is left alone, also where it is not known what was wanted', () => {
    expect(removalOf(record, { mode: 'ignore', tag: 't' }, NOW)).toEqual({ kind: 'leave' });
    expect(removalOf({ last: null }, { mode: 'expire', tag: 't' }, NOW)).toEqual({ kind: 'leave' });
  });
});

it('the tag is ours when the indicator comes back, even if nobody noted that it was set', () => {
  expect(removalTags({ mode: 'tag', tag: 't' })).toEqual(['t']);
  expect(removalTags({ mode: 'delete', tag: 't' })).toEqual([]);
});
