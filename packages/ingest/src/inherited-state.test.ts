import type { StoredState } from '@xsoar-intel/opencti';
import { expect, it } from 'vitest';
import { inheritedCursor } from './inherited-state.ts';

const stored = (state: Record<string, unknown>): StoredState => ({
  state,
  text: JSON.stringify(state),
  empty: false,
});
const cursorOf = (state: Record<string, unknown>) => {
  const inherited = inheritedCursor(stored(state), 60_000);
  return inherited.kind === 'cursor'
    ? [inherited.cursor.id.text, inherited.cursor.recoverUntil, inherited.startFrom]
    : inherited.kind;
};

it('goes on a minute before the place where the Python connector was', () => {
  expect(cursorOf({ start_from: '1787216405312-3', recover_until: false })).toEqual([
    '1787216345312-0',
    null,
    '1787216405312-3',
  ]);
});

it('goes on with its catch-up too', () => {
  expect(cursorOf({ start_from: '0-0', recover_until: '2026-08-20T09:00:00Z' })).toEqual([
    '0-0',
    '2026-08-20T09:00:00.000Z',
    '0-0',
  ]);
});

it('takes a date without a zone as UTC, wherever we run', () => {
  const zone = process.env.TZ;
  process.env.TZ = 'Asia/Tokyo';
  try {
    expect(cursorOf({ start_from: '0-0', recover_until: '2026-08-20T09:00:00' })).toContain(
      '2026-08-20T09:00:00.000Z',
    );
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

it('knows the keys of older helpers, and numbers without a sequence', () => {
  expect(
    cursorOf({
      connectorLastEventId: 1_787_216_405_312,
      connectorStartTime: '2026-08-20T09:00:00+02:00',
    }),
  ).toEqual(['1787216345312-0', '2026-08-20T07:00:00.000Z', '1787216405312-0']);
});

it.each([
  [{ recover_until: false }],
  [{ start_from: 'yesterday' }],
  [{ start_from: '12-x' }],
  [{ start_from: null, connectorLastEventId: {} }],
])('is honest about a state that says no place: %j', (state) => {
  expect(inheritedCursor(stored(state))).toEqual({
    kind: 'unusable',
    detail: JSON.stringify(state),
  });
});

it('is nothing where nothing is kept', () => {
  for (const text of ['', null, 'null']) {
    expect(inheritedCursor({ state: null, text, empty: true })).toEqual({ kind: 'none' });
  }
});
