import { type EventId, parseEventId } from '@xsoar-intel/opencti';
import { describe, expect, it } from 'vitest';
import { BORDER_MARGIN_MS, borderOf, earlier, gapOf, type Known, reachable } from './gap.ts';

const NOW = Date.parse('2026-08-20T09:00:00.000Z');
const HOUR = 3_600_000;
const id = (ms: number, seq = 0): EventId => {
  const parsed = parseEventId(`${ms}-${seq}`);
  if (parsed === null) throw new Error(String(ms));
  return parsed;
};
const iso = (ms: number) => new Date(ms).toISOString();
const known: Known = { newest: null, coveredUntilMs: 0, mayRecover: true, now: NOW };
const begin = (ms: number, recoverUntil: string | null = null) => ({ id: id(ms), recoverUntil });
const reach = (first: number, last: number) => ({
  firstEventId: id(first),
  lastEventId: id(last),
});

describe('a gap', () => {
  it('is none while the stream reaches back to the cursor', () => {
    expect(gapOf(begin(NOW - HOUR), reach(NOW - 2 * HOUR, NOW), known)).toBeNull();
  });

  it('is there once it does not, and is caught up until its newest event', () => {
    const gap = gapOf(begin(NOW - 2 * HOUR), reach(NOW - HOUR, NOW - 5), known);
    expect(gap).toEqual({
      kind: 'trimmed',
      next: { id: id(NOW - 2 * HOUR - BORDER_MARGIN_MS), recoverUntil: iso(NOW - 5) },
    });
  });

  it('is told but not caught up where a catch-up is switched off', () => {
    const off = { ...known, mayRecover: false };
    expect(gapOf(begin(NOW - 2 * HOUR), reach(NOW - HOUR, NOW), off)).toEqual({
      kind: 'trimmed',
      next: null,
    });
  });

  it('is none at the beginning of the stream, where whatever is there was asked for', () => {
    expect(gapOf(begin(0), reach(NOW - HOUR, NOW), known)).toBeNull();
  });

  it('is none during a catch-up that reaches into the stream, and one where it does not any more', () => {
    const stream = reach(NOW - HOUR, NOW);
    expect(gapOf(begin(NOW - 9 * HOUR, iso(NOW - HOUR / 2)), stream, known)).toBeNull();
    expect(gapOf(begin(NOW - 9 * HOUR, iso(NOW - 2 * HOUR)), stream, known)).toMatchObject({
      kind: 'trimmed',
      next: { recoverUntil: iso(NOW) },
    });
  });

  it('is none where the border of a catch-up lies before the oldest event, else it would never end', () => {
    const after = { ...known, coveredUntilMs: NOW - 10 };
    expect(gapOf(begin(NOW - BORDER_MARGIN_MS), reach(NOW - 1_000, NOW), after)).toBeNull();
    expect(gapOf(begin(NOW - BORDER_MARGIN_MS), reach(NOW - 5, NOW), after)).not.toBeNull();
  });

  it('is none for a cursor beyond the newest event: an idle platform’s heartbeats moved it', () => {
    const idle = { ...known, newest: id(NOW - HOUR) };
    expect(gapOf(begin(NOW - 60_000), reach(NOW - 9 * HOUR, NOW - HOUR), idle)).toBeNull();
  });

  it('is there when the stream lost an event that was seen: reading goes back behind its newest', () => {
    const seen = { ...known, newest: id(NOW) };
    expect(gapOf(begin(NOW), reach(NOW - HOUR, NOW - 500), seen)).toEqual({
      kind: 'rewound',
      next: { id: id(NOW - 500 - BORDER_MARGIN_MS), recoverUntil: null },
    });
  });

  it.each([null, id(0)])('is there when the stream is empty though it had events (%j)', (none) => {
    const empty = { firstEventId: none, lastEventId: none };
    expect(gapOf(begin(NOW - HOUR), empty, { ...known, newest: id(NOW - HOUR) })).toEqual({
      kind: 'emptied',
      next: { id: id(NOW - HOUR - BORDER_MARGIN_MS), recoverUntil: iso(NOW) },
    });
    expect(gapOf(begin(NOW - HOUR), empty, known)).toBeNull();
  });
});

it('the border of a catch-up is read again from a little before it, not from before the start', () => {
  const newest = id(NOW + 7);
  expect(borderOf(begin(5, iso(NOW)), newest)).toEqual({
    id: id(NOW - BORDER_MARGIN_MS),
    recoverUntil: null,
  });
  expect(borderOf(begin(NOW - 10, iso(NOW)), newest)).toEqual({
    id: id(NOW - 10),
    recoverUntil: null,
  });
  expect(earlier(id(5), 10).text).toBe('0-0');
});

it('the border of a catch-up whose date lies ahead of the stream is where the stream was', () => {
  const ahead = begin(5, iso(NOW + HOUR));
  expect(borderOf(ahead, id(NOW)).id).toEqual(id(NOW - BORDER_MARGIN_MS));
  expect(borderOf(ahead, null).id).toEqual(id(5));
});

it('a catch-up goes no further than the clock of OpenCTI, which tells whole seconds', () => {
  expect(reachable(iso(NOW + HOUR), NOW)).toBe(iso(NOW + 999));
  expect(reachable(iso(NOW + 999), NOW)).toBe(iso(NOW + 999));
  expect(reachable(iso(NOW - HOUR), NOW)).toBe(iso(NOW - HOUR));
  expect(reachable(iso(NOW + HOUR), null)).toBe(iso(NOW + HOUR));
});
