import type { DesiredIndicator, IocObject } from '@xsoar-intel/xsoar';
import { describe, expect, it } from 'vitest';
import { mergeContributions } from '../mapping/contribution.ts';
import type { OwnedRecord } from '../queue/value-record.ts';
import { compareValue } from './compare.ts';

const wish = (change: Partial<DesiredIndicator> = {}): string =>
  JSON.stringify({
    ...{ value: 'bad.example', indicator_type: 'Domain', score: 3, source: 'OpenCTI' },
    CustomFields: { tags: ['c2'], stixid: 'indicator--a' },
    ...change,
  });
const held = (change: Partial<IocObject> = {}): IocObject => ({
  ...{ id: '7', version: 2, value: 'bad.example', indicator_type: 'Domain', score: 3 },
  ...{ source: 'OpenCTI', CustomFields: { tags: ['mine', 'c2'], stixid: 'indicator--a' } },
  ...change,
});
const record = (change: Partial<OwnedRecord> = {}): OwnedRecord => ({
  ...{ key: 'Domain:bad.example', xsoarId: '7', version: 2, outcome: 'present', left: false },
  ...{ hash: mergeContributions([wish()])?.hash ?? '', sinceWriteMs: 60_000 },
  ...{ owners: [], former: [] },
  ...change,
});
const OPTIONS = { removalTags: [], settleMs: 30_000 };
const verdict = (found: IocObject[], known?: OwnedRecord, wishes = [wish()]) =>
  compareValue({ contributions: wishes, record: known, found }, OPTIONS).verdict;

describe('a value, compared', () => {
  it('is equal whatever tags of analysts it has', () => {
    expect(verdict([held()], record())).toEqual({ kind: 'equal' });
    expect(verdict([held()])).toEqual({ kind: 'equal' });
  });

  it('is missing, unless XSOAR said that it is excluded', () => {
    expect(verdict([], record())).toEqual({ kind: 'missing' });
    expect(verdict([], record({ outcome: 'excluded' }))).toEqual({ kind: 'excluded' });
  });

  it('is foreign where we wrote the right state last, else stale, with the fields', () => {
    const other = held({ score: 1, version: 3 });
    expect(verdict([other], record())).toEqual({ kind: 'foreign', fields: ['score'] });
    expect(verdict([other], record({ hash: 'another' }))).toEqual({
      kind: 'stale',
      fields: ['score'],
    });
    expect(verdict([other])).toEqual({ kind: 'stale', fields: ['score'] });
  });

  it('is not judged while the search may be behind our own write', () => {
    expect(verdict([], record({ sinceWriteMs: 1_000 }))).toEqual({ kind: 'unsettled' });
    expect(verdict([held({ score: 1 })], record({ version: 5 }))).toEqual({ kind: 'unsettled' });
  });

  it('is found under another type: the value is XSOAR’s key', () => {
    const { object } = compareValue(
      { contributions: [wish()], record: undefined, found: [held({ indicator_type: 'Host' })] },
      OPTIONS,
    );
    expect(object?.id).toBe('7');
  });

  it('is what all who stand behind it want together', () => {
    const second = wish({ CustomFields: { tags: ['apt'], stixid: 'indicator--b' } });
    expect(verdict([held()], undefined, [wish(), second])).toEqual({
      kind: 'stale',
      fields: ['stixid', 'tags'],
    });
  });
});
