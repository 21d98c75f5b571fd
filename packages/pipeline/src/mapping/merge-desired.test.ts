import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeDesired } from './merge-desired.ts';
import { maxStixIds } from './merge-fields.ts';

function desired(
  fields: Record<string, unknown> = {},
  more: Partial<DesiredIndicator> = {},
): DesiredIndicator {
  return {
    value: 'evil.example',
    indicator_type: 'Domain',
    score: 2,
    expiration: null,
    manualExpirationTime: null,
    ...more,
    CustomFields: { stixid: 'indicator--a', ...fields },
  };
}

describe('mergeDesired', () => {
  it('takes score and description from the highest score', () => {
    const merged = mergeDesired([
      desired({ stixid: 'indicator--a', description: 'low' }, { score: 1, id: 'one' }),
      desired({ stixid: 'indicator--b', description: 'high' }, { score: 3, id: 'two' }),
    ]);
    expect(merged).toMatchObject({ score: 3, id: 'two' });
    expect(merged.CustomFields).toMatchObject({
      description: 'high',
      stixid: 'indicator--b, indicator--a',
    });
  });

  it('takes the smallest STIX id where scores are equal', () => {
    const merged = mergeDesired([
      desired({ stixid: 'indicator--b', description: 'b' }),
      desired({ stixid: 'indicator--a', description: 'a' }),
    ]);
    expect(merged.CustomFields).toMatchObject({
      description: 'a',
      stixid: 'indicator--a, indicator--b',
    });
  });

  it('takes from the others what the owner lacks', () => {
    const merged = mergeDesired([
      desired({ sha256: 'x' }, { score: 3 }),
      desired({ stixid: 'indicator--b', md5: 'y', sha256: 'z' }),
    ]);
    expect(merged.CustomFields).toMatchObject({ sha256: 'x', md5: 'y' });
  });

  it('keeps the tags, authors and publications of all', () => {
    const report = { title: 'Report', source: 'ACME', link: 'https://cti.example/1' };
    const merged = mergeDesired([
      desired({ tags: ['a', 'b'], reportedby: ['ACME'], publications: [report] }),
      desired({
        stixid: 'indicator--b',
        tags: ['b', 'c'],
        reportedby: [],
        publications: [report, { ...report, link: 'https://cti.example/2' }],
      }),
    ]);
    expect(merged.CustomFields).toMatchObject({ tags: ['a', 'b', 'c'], reportedby: ['ACME'] });
    expect(merged.CustomFields.publications).toHaveLength(2);
  });

  it.each([
    [['GREEN', 'AMBER', null], 'AMBER'],
    [['WHITE', null], 'WHITE'],
    [['AMBER', 'RED', 'GREEN'], 'RED'],
    [['CLEAR', 'AMBER+STRICT', 'AMBER'], 'AMBER+STRICT'],
    [[null, null], null],
  ])('takes the most restrictive TLP of %j', (levels, wanted) => {
    const merged = mergeDesired(
      levels.map((level, index) =>
        desired({ stixid: `indicator--${index}`, trafficlightprotocol: level }),
      ),
    );
    expect(merged.CustomFields.trafficlightprotocol).toBe(wanted);
  });

  it('takes the earliest first and the latest last sight', () => {
    const merged = mergeDesired([
      desired({
        firstseenbysource: '2026-02-01T00:00:00Z',
        lastseenbysource: '2026-02-03T00:00:00Z',
      }),
      desired({
        stixid: 'indicator--b',
        firstseenbysource: '2026-01-01T00:00:00.500Z',
        lastseenbysource: '2026-01-02T00:00:00Z',
      }),
    ]);
    expect(merged.CustomFields).toMatchObject({
      firstseenbysource: '2026-01-01T00:00:00.500Z',
      lastseenbysource: '2026-02-03T00:00:00Z',
    });
  });

  it('expires with the last of them', () => {
    const merged = mergeDesired([
      desired({}, { expiration: '2026-01-01T00:00:00Z' }),
      desired({ stixid: 'indicator--b' }, { expiration: '2027-01-01T00:00:00Z' }),
    ]);
    expect(merged.expiration).toBe('2027-01-01T00:00:00Z');
  });

  it('never expires if one of them never does', () => {
    const merged = mergeDesired([
      desired(
        {},
        { expiration: '2026-01-01T00:00:00Z', manualExpirationTime: '2026-01-01T00:00:00Z' },
      ),
      desired({ stixid: 'indicator--b' }),
    ]);
    expect(merged).toMatchObject({ expiration: null, manualExpirationTime: null });
  });

  it('does not let a revoked one end the others, nor keep them alive', () => {
    const revoked = desired(
      { stixid: 'indicator--r' },
      { expiration: '2026-01-01T00:00:00Z', score: 3 },
    );
    const live = desired({}, { expiration: '2099-01-01T00:00:00Z' });
    expect(mergeDesired([revoked, live]).expiration).toBe('2099-01-01T00:00:00Z');
    const alsoRevoked = desired({}, { expiration: '2025-01-01T00:00:00Z' });
    expect(mergeDesired([revoked, alsoRevoked]).expiration).toBe('2026-01-01T00:00:00Z');
  });

  it('bounds the number of STIX ids and keeps the owner', () => {
    const many = Array.from({ length: 3 * maxStixIds }, (_, index) =>
      desired({ stixid: `indicator--${index}` }, { score: index === 250 ? 3 : 1 }),
    );
    const ids = String(mergeDesired(many).CustomFields.stixid).split(', ');
    expect(ids).toHaveLength(maxStixIds);
    expect(ids[0]).toBe('indicator--250');
  });

  it('needs something to merge', () => {
    expect(() => mergeDesired([])).toThrow(RangeError);
  });
});

const instant = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

const contribution = fc.record(
  {
    value: fc.constantFrom('evil.example', 'Evil.Example'),
    indicator_type: fc.constant('Domain'),
    score: fc.integer({ min: 0, max: 3 }),
    id: fc.constantFrom('one', 'two', 'three'),
    source: fc.constant('OpenCTI'),
    expiration: fc.option(instant),
    manualExpirationTime: fc.option(instant),
    firstSeen: instant,
    timestamp: instant,
    CustomFields: fc.record(
      {
        stixid: fc.constantFrom('indicator--a', 'indicator--b', 'indicator--c'),
        tags: fc.array(fc.constantFrom('x', 'y', 'z', '__proto__')),
        reportedby: fc.array(fc.constantFrom('ACME', 'Northwind')),
        trafficlightprotocol: fc.constantFrom('WHITE', 'GREEN', 'AMBER', 'RED', null),
        description: fc.string(),
        firstseenbysource: instant,
        lastseenbysource: instant,
        killchainphases: fc.array(fc.constantFrom('Delivery', 'Impact')),
        publications: fc.array(
          fc.record({
            title: fc.constantFrom('a', 'b'),
            source: fc.constant('s'),
            timestamp: instant,
          }),
        ),
        sha256: fc.constantFrom('1', '2'),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['value', 'indicator_type', 'score', 'CustomFields'] },
) as fc.Arbitrary<DesiredIndicator>;

describe('properties of mergeDesired', () => {
  it('gives the same result for every order of the contributions', () => {
    fc.assert(
      fc.property(
        fc
          .array(contribution, { minLength: 1, maxLength: 6 })
          .chain((all) =>
            fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
          ),
        ([all, shuffled]) => {
          expect(JSON.stringify(mergeDesired(shuffled))).toBe(JSON.stringify(mergeDesired(all)));
        },
      ),
    );
  });

  it('changes nothing when a result is merged again, alone or with what it came from', () => {
    fc.assert(
      fc.property(fc.array(contribution, { minLength: 1, maxLength: 5 }), (all) => {
        const once = mergeDesired(all);
        expect(mergeDesired([once])).toEqual(once);
        expect(mergeDesired([once, once])).toEqual(once);
      }),
    );
  });

  it('does not change its contributions', () => {
    fc.assert(
      fc.property(fc.array(contribution, { minLength: 1, maxLength: 4 }), (all) => {
        const before = JSON.stringify(all);
        mergeDesired(all);
        expect(JSON.stringify(all)).toBe(before);
      }),
    );
  });
});
