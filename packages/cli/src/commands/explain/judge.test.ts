import { compileFilter, type FilterOptions } from '@xsoar-intel/pipeline';
import { describe, expect, test } from 'vitest';
import type { Content, Subject } from './input/subject.ts';
import { judge } from './judge.ts';

const object = {
  type: 'indicator',
  id: 'indicator--1',
  pattern: "[domain-name:value = 'evil.example']",
  labels: ['test'],
  x_opencti_score: 10,
};

function judged(content: Content, filter: FilterOptions = {}) {
  const subject: Subject = { place: null, content };
  return judge(subject, { mapping: { source: 'x' }, filter: compileFilter(filter), now: 0 });
}

const asObject = (more: object = {}, operation: 'update' | 'delete' | 'create' | null = null) => ({
  kind: 'object' as const,
  object: { ...object, ...more },
  operation,
});

describe('the outcome', () => {
  test('is "sent" where the mapping has a value', () => {
    expect(judged(asObject())).toMatchObject({ outcome: 'sent', reason: null });
  });

  test('is "left-out" with the reason of the mapping', () => {
    expect(judged(asObject({ pattern_type: 'yara' }))).toMatchObject({
      outcome: 'left-out',
      reason: 'not-stix-pattern',
      byFilter: false,
    });
  });

  test('is "left-out" with the reason of the filter', () => {
    expect(judged(asObject(), { minimumScore: 50 })).toMatchObject({
      outcome: 'left-out',
      reason: 'score-below',
      byFilter: true,
    });
  });

  test('is "removed" for a delete, whatever mapping and filters say', () => {
    const content = asObject({ pattern: 'nonsense' }, 'delete');
    expect(judged(content, { minimumScore: 50 })).toMatchObject({ outcome: 'removed' });
  });

  test('is "ignored" for an event that is not followed, also a delete', () => {
    const filter: FilterOptions = { eventTypes: ['create'] };
    expect(judged(asObject({}, 'delete'), filter)).toMatchObject({ outcome: 'ignored' });
    expect(judged(asObject({}, 'create'), filter)).toMatchObject({ outcome: 'sent' });
    expect(judged(asObject(), filter)).toMatchObject({ outcome: 'sent' });
  });

  test('of another object is that it is no indicator, before any filter is asked', () => {
    expect(judged(asObject({ type: 'malware' }, 'delete'), { minimumScore: 50 })).toMatchObject({
      outcome: 'left-out',
      reason: 'not-indicator',
    });
  });

  test('is "unreadable" where there is no object', () => {
    expect(judged({ kind: 'unreadable', problem: 'why' })).toMatchObject({
      outcome: 'unreadable',
      detail: 'why',
    });
  });
});

test('a pattern alone is not held back for lack of a score or of labels, but for what it says', () => {
  const content = { kind: 'pattern' as const, pattern: object.pattern };
  expect(judged(content, { minimumScore: 50, labelsIn: ['x'] }).outcome).toBe('sent');
  expect(judged(content, { neverPush: ['evil.example'] }).reason).toBe('never-push');
  expect(judged(content, { observableTypes: ['url'] }).reason).toBe('observable-type');
});
