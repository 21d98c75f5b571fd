import { type EventId, parseEventId } from '@xsoar-intel/opencti';
import { describe, expect, it } from 'vitest';
import { effectOf } from './effect.ts';

const day = 86_400_000;
const now = Date.parse('2026-02-08T12:00:00Z');

function id(ms: number): EventId {
  const found = parseEventId(`${ms}-0`);
  if (found === null) throw new Error(`no id: ${ms}`);
  return found;
}
const cursor = { id: id(now), recoverUntil: null };
const kept = (ms: number) => ({ firstEventId: id(ms), lastEventId: id(now), streamSize: 1 });
const textOf = (...of: Parameters<typeof effectOf>) => effectOf(...of).lines.join('\n');

describe('the effect of a new cursor', () => {
  it('tells what is read again', () => {
    const effect = effectOf(cursor, id(now - 7 * day), null, false);
    expect(effect.skips).toBe(false);
    expect(effect.lines[0]).toBe(
      'Events of 7 d are read again: from 2026-02-01 12:00:00 UTC to 2026-02-08 12:00:00 UTC.',
    );
  });

  it('tells what is passed over, which is lost', () => {
    const effect = effectOf({ ...cursor, id: id(now - day) }, id(now), null, false);
    expect(effect.skips).toBe(true);
    expect(effect.lines.join('\n')).toContain('does not reach XSOAR until it changes again');
  });

  it('tells that OpenCTI does not keep events for so long, and what helps', () => {
    const text = textOf(cursor, id(now - 7 * day), kept(now - 3 * day), false);
    expect(text).toContain('keeps events since 2026-02-05 12:00:00 UTC');
    expect(text).toContain('--recover');
    expect(textOf(cursor, id(now - 2 * day), kept(now - 3 * day), false)).not.toContain('keeps');
  });

  it('tells what a catch-up does not bring', () => {
    expect(textOf(cursor, id(now - day), null, true)).toContain('but no deletes');
  });

  it('speaks of the beginning where there is no time', () => {
    expect(textOf(cursor, id(0), null, false)).toContain('All events before are read again');
    expect(textOf(null, id(0), null, false)).toBe(
      'There was no cursor: reading begins at the beginning.',
    );
  });
});
