import { describe, expect, it } from 'vitest';
import { parseCursor } from '../queue/cursor.ts';
import type { Snapshot } from '../queue/snapshot.ts';
import { groupDeadLetters } from './dead-letter-groups.ts';
import { groupRetries } from './retrying.ts';
import { statusOf } from './status.ts';

const about = { version: 'v', connectorId: 'c', pace: null };

function streamOf(cursor: string, at: number, more: Partial<Snapshot> = {}) {
  const snapshot: Snapshot = {
    cursor: parseCursor(cursor),
    pending: 0,
    oldestPendingMs: null,
    dead: 0,
    rejected: 0,
    holds: [],
    workers: [],
    ingests: [],
    ingestActive: true,
    stream: null,
    reconciled: null,
    jobs: { waiting: 0, active: 0, delayed: 0, failed: 0 },
    ...more,
  };
  const reading = {
    ...{ at, snapshot, rates: null, retrying: groupRetries([]) },
    ...{ deadLetters: groupDeadLetters([], 0), setAside: [], actions: [] },
  };
  return statusOf(reading, about).stream;
}

describe('the stream in the status', () => {
  it('is as far behind as its cursor is old', () => {
    expect(streamOf('1769938140000-3', 1_769_938_200_000)).toEqual({
      ingestActive: true,
      standingBy: 0,
      cursor: '1769938140000-3',
      cursorAt: '2026-02-01T09:29:00.000Z',
      behindMs: 60_000,
      recoverUntil: null,
      told: null,
    });
  });

  it('is not behind when the clock of OpenCTI goes ahead of ours', () => {
    expect(streamOf('1769938140000-3', 1_769_938_000_000).behindMs).toBe(0);
  });

  it('has no time at its beginning, before it was read, or beyond all dates', () => {
    for (const cursor of ['0-0', '']) {
      expect(streamOf(cursor, 1_000)).toMatchObject({ cursorAt: null, behindMs: null });
    }
    expect(streamOf('9007199254740991-0', 1_000).cursorAt).toBeNull();
  });

  it('says how many ingests stand by beside the one that reads', () => {
    const ingests = ['a', 'b', 'c'].map((name) => ({ name, version: '1', since: 0 }));
    expect(streamOf('', 1_000, { ingests }).standingBy).toBe(2);
    expect(streamOf('', 1_000, { ingests, ingestActive: false }).standingBy).toBe(3);
    // Ingests of an earlier version give no sign.
    expect(streamOf('', 1_000).standingBy).toBe(0);
  });

  it('says until when it catches up', () => {
    const stream = streamOf('1769938140000-0 2026-02-01T09:00:00.000Z', 1_769_938_200_000);
    expect(stream.recoverUntil).toBe('2026-02-01T09:00:00.000Z');
  });
});
