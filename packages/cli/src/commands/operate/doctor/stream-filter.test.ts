import { type FilterRule, parseStreamFilter, type StreamFilter } from '@xsoar-intel/opencti';
import { describe, expect, it } from 'vitest';
import { filterFinding } from './stream-filter.ts';

const rule = (key: string, operator: string, ...values: string[]): FilterRule => ({
  keys: [key],
  operator,
  mode: 'or',
  values,
});
const all = (...rules: FilterRule[]): StreamFilter => ({ mode: 'and', rules, groups: [] });
const INDICATORS = rule('entity_type', 'eq', 'Indicator');

describe('the filter of the stream', () => {
  it('is told in words', () => {
    const filter: StreamFilter = {
      ...all(INDICATORS, rule('x_opencti_score', 'gte', '50')),
      groups: [
        {
          mode: 'or',
          rules: [rule('objectLabel', 'nil'), rule('name', 'has_changed')],
          groups: [],
        },
      ],
    };
    expect(filterFinding(filter, 'delete')).toEqual({
      level: 'ok',
      what: 'filter',
      detail:
        'entity_type = Indicator and x_opencti_score ≥ 50 and (objectLabel is empty or name has changed)',
    });
  });

  it('has only its first values shown', () => {
    const filter = all(rule('objectLabel', 'eq', 'a', 'b', 'c', 'd', 'e', 'f', 'g'));
    expect(filterFinding(filter, 'delete').detail).toBe(
      'objectLabel = a or b or c or d or e or 2 more',
    );
  });

  it('is missed where everything is sent', () => {
    expect(filterFinding(parseStreamFilter(null), 'delete').level).toBe('warning');
  });

  it('is a risk where it lets no indicator pass', () => {
    expect(
      filterFinding(all(rule('entity_type', 'eq', 'Report', 'Malware')), 'delete'),
    ).toMatchObject({
      level: 'warning',
      why: expect.stringContaining('No indicator passes'),
    });
    expect(filterFinding(all(rule('entity_type', 'not_eq', 'Indicator')), 'delete').level).toBe(
      'warning',
    );
    // Types above that of indicators, and alternatives, let them pass.
    expect(
      filterFinding(all(rule('entity_type', 'eq', 'Stix-Domain-Object')), 'delete').level,
    ).toBe('ok');
    const either: StreamFilter = {
      ...all(rule('entity_type', 'eq', 'Report'), INDICATORS),
      mode: 'or',
    };
    expect(filterFinding(either, 'delete').level).toBe('ok');
  });

  it('says what becomes of what is revoked, where that leaves the stream', () => {
    const finding = filterFinding(all(INDICATORS, rule('revoked', 'eq', 'false')), 'expire');
    expect(finding.so).toContain('XSOAR_DELETE_MODE=expire');
    expect(filterFinding(all(INDICATORS), 'expire').so).toBeUndefined();
  });

  it('does not write to the terminal what its values may hide', () => {
    const { detail } = filterFinding(all(rule('name', 'eq', '\u001b[31mred')), 'delete');
    expect(detail).not.toContain('\u001b');
  });
});
