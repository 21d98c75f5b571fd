import { describe, expect, it } from 'vitest';
import { auditVerdict } from './audit-verdict.ts';
import type { AuditFacts } from './facts.ts';

type Kind = AuditFacts['values'][number]['verdict'];
const value = (verdict: Kind): AuditFacts['values'][number] => ({
  ...{ value: 'bad.example', type: 'Domain', verdict, fields: [], object: null },
});
const HELD = { id: '7', version: 1, value: 'bad.example', type: 'Domain' };

const facts = (change: Partial<AuditFacts> = {}): AuditFacts => ({
  ...{ asked: 'e1', entityId: 'e1', stixId: 'indicator--a', name: 'bad', inOpencti: true },
  ...{ inStream: true, standing: 'settled', version: '1-0', job: null, failure: null },
  ...{ binding: null, leftOut: null, values: [value('equal')], unwanted: [], kept: [] },
  ...change,
});
const judged = (change: Partial<AuditFacts>) => auditVerdict(facts(change));

describe('an indicator', () => {
  it('is right where every value is', () => {
    expect(judged({})).toEqual({
      kind: 'right',
      words: 'XSOAR holds exactly what OpenCTI says.',
      next: null,
    });
  });

  it('is wrong where its newest state is a dead letter, whatever XSOAR holds', () => {
    const { kind, words, next } = judged({ standing: 'dead', job: { id: '12', state: 'failed' } });
    expect([kind, next]).toEqual(['wrong', 'xsoar-intel dead-letters show 12']);
    expect(words).toContain('the reason is no longer known');
  });

  it('is on its way while its newest state is, whatever XSOAR holds', () => {
    expect(judged({ standing: 'pending', values: [value('missing')] }).kind).toBe('on-the-way');
  });

  it('is wrong with a value that is missing, stale or changed by others', () => {
    const values = (['missing', 'stale', 'stale', 'foreign', 'equal'] as const).map(value);
    expect(judged({ values })).toEqual({
      kind: 'wrong',
      words: 'XSOAR is not what OpenCTI says: 1 missing, 2 stale, 1 foreign of 5 values.',
      next: 'xsoar-intel resync e1',
    });
  });

  it('is on its way while XSOAR’s search may be behind our own write', () => {
    expect(judged({ values: [value('unsettled'), value('equal')] }).kind).toBe('on-the-way');
  });

  it('is right though XSOAR excludes some of its values', () => {
    const { kind, words } = judged({ values: [value('excluded'), value('equal')] });
    expect(kind).toBe('right');
    expect(words).toContain('but for 1 value on its exclusion list');
  });

  it('is right where it is left out and XSOAR holds nothing of it, and says how to learn more', () => {
    expect(judged({ leftOut: 'confidence', values: [] })).toMatchObject({
      kind: 'right',
      words: 'It is left out (confidence), and XSOAR holds nothing of it.',
      next: 'xsoar-intel explain e1',
    });
  });

  it('is wrong where XSOAR holds in its name what it does not stand for', () => {
    expect(judged({ unwanted: [HELD] })).toMatchObject({
      kind: 'wrong',
      next: 'xsoar-intel resync e1',
    });
  });
});

describe('an indicator that the stream does not have', () => {
  const outside = { inStream: false, values: [] };

  it('is right where XSOAR holds nothing of it: a resync would bring in what is filtered out', () => {
    const { kind, words, next } = judged(outside);
    expect([kind, next]).toEqual(['right', null]);
    expect(words).toContain('the stream does not');
  });

  it('is wrong where XSOAR still holds it', () => {
    expect(judged({ ...outside, unwanted: [HELD] })).toMatchObject({
      kind: 'wrong',
      next: 'xsoar-intel reconcile --apply',
    });
  });
});

describe('an indicator that OpenCTI does not have', () => {
  const gone = { inOpencti: false, inStream: null, values: [] };

  it('is right where XSOAR holds nothing of it', () => {
    expect(judged(gone)).toMatchObject({ kind: 'right', next: null });
  });

  it('is wrong where XSOAR still holds it', () => {
    expect(judged({ ...gone, unwanted: [HELD] })).toMatchObject({
      kind: 'wrong',
      next: 'xsoar-intel reconcile --apply',
    });
  });

  it('is right where what XSOAR holds of it was left there on purpose', () => {
    const { kind, words } = judged({ ...gone, kept: [HELD] });
    expect(kind).toBe('right');
    expect(words).toContain('1 object of it on purpose');
  });
});
