import { expect, it } from 'vitest';
import { startPosition } from './start-position.ts';

const NOW = Date.parse('2026-08-20T09:00:00.000Z');
const unset = { startAt: null, recoverUntil: 'now' as const };

it('starts with the whole history and a catch-up until now when nothing is saved or set', () => {
  expect(startPosition('', unset, NOW)).toEqual({
    from: '0-0',
    recover: '2026-08-20T09:00:00.000Z',
  });
});

it('starts where the configuration says', () => {
  const startAt = { kind: 'at', ms: 1_787_000_000_000 } as const;
  expect(startPosition('', { startAt, recoverUntil: null }, NOW)).toEqual({
    from: '1787000000000-0',
    recover: null,
  });
});

it('counts a duration back from the start that it is for, not from that of the process', () => {
  const day = { kind: 'ago', ms: 86_400_000 } as const;
  const first = { startAt: day, recoverUntil: day };
  for (const now of [NOW, NOW + 90 * 86_400_000]) {
    expect(startPosition('', first, now)).toEqual({
      from: `${now - 86_400_000}-0`,
      recover: new Date(now - 86_400_000).toISOString(),
    });
  }
});

it('lets the saved cursor win over the configuration', () => {
  const startAt = { kind: 'at', ms: 5 } as const;
  expect(startPosition('1787100000000-3', { startAt, recoverUntil: 'now' }, NOW)).toEqual({
    from: '1787100000000-3',
    recover: null,
  });
});

it('goes on with a catch-up that was interrupted, and not with one that is over', () => {
  const until = '2026-08-20T09:00:00.000Z';
  const before = `${NOW - 1_000}-0 ${until}`;
  const after = `${NOW + 1_000}-0 ${until}`;
  expect(startPosition(before, unset, NOW).recover).toBe(until);
  expect(startPosition(after, unset, NOW).recover).toBeNull();
});

it('refuses a cursor that is none, with the way out', () => {
  expect(() => startPosition('yesterday', unset, NOW)).toThrow(/"yesterday".*cursor set/);
});
