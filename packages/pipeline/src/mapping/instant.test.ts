import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rfc3339 } from './instant.ts';

describe('rfc3339', () => {
  it.each([
    '2025-02-03T04:05:06.789Z',
    '2025-02-03T04:05:06Z',
    '2025-02-03T04:05:06.123456789Z',
    '2024-02-29T23:59:59.000Z',
  ])('keeps %s as it is', (text) => {
    expect(rfc3339(text)).toBe(text);
  });

  it.each([
    ['2025-02-03T04:05:06+02:00', '2025-02-03T02:05:06.000Z'],
    ['2025-02-03T04:05:06', '2025-02-03T04:05:06.000Z'],
    ['2025-02-03 04:05:06', '2025-02-03T04:05:06.000Z'],
    ['2025-02-03', '2025-02-03T00:00:00.000Z'],
    ['2025-01-01T24:00:00Z', '2025-01-02T00:00:00.000Z'],
    [' 2025-02-03t04:05z ', '2025-02-03T04:05:00.000Z'],
  ])('rewrites %s as %s', (text, wanted) => {
    expect(rfc3339(text)).toBe(wanted);
  });

  it.each([
    '2025-02-30T00:00:00Z',
    '2025-04-31T00:00:00Z',
    '2023-02-29T00:00:00.000Z',
    '2025-13-01T00:00:00Z',
    '2025-00-01T00:00:00Z',
    '2025-01-01T00:60:00Z',
    '2025-01-01T00:00:61Z',
    '2025-01-01T00:00:00.Z',
    '9999-12-31T23:59:59-10:00',
    'yesterday',
    '',
    1_700_000_000,
    null,
    undefined,
    {},
    ['2025-02-03T04:05:06Z'],
  ])('refuses %j', (value) => {
    expect(rfc3339(value)).toBeNull();
  });

  it('takes every instant as JavaScript writes it', () => {
    const dates = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(dates, (date) => {
        expect(rfc3339(date.toISOString())).toBe(date.toISOString());
      }),
    );
  });
});
