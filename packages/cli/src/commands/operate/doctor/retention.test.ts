import { parseEventId } from '@xsoar-intel/opencti';
import { parseCursor } from '@xsoar-intel/pipeline';
import { describe, expect, it } from 'vitest';
import { retentionFinding } from './retention.ts';

const hour = 3_600_000;
const now = Date.parse('2026-02-01T12:00:00Z');
const info = (first: number, last: number) => ({
  firstEventId: parseEventId(`${first}-0`),
  lastEventId: parseEventId(`${last}-0`),
  streamSize: 1_000_000,
});
const levelAt = (ms: number) =>
  retentionFinding(parseCursor(`${ms}-0`), info(now - 24 * hour, now)).level;

describe('the retention of OpenCTI', () => {
  it('covers a cursor that follows', () => {
    expect(levelAt(now - 60_000)).toBe('ok');
    expect(levelAt(now - 11 * hour)).toBe('ok');
  });

  it('is near when more than half of it lies behind', () => {
    expect(levelAt(now - 13 * hour)).toBe('warning');
  });

  it('has dropped what an older cursor would read', () => {
    const finding = retentionFinding(
      parseCursor(`${now - 25 * hour}-0`),
      info(now - 24 * hour, now),
    );
    expect(finding.level).toBe('failed');
    expect(finding.fix).toContain('--recover');
  });

  it('says nothing of a cursor at the beginning, of none, and of an empty stream', () => {
    expect(levelAt(0)).toBe('ok');
    expect(retentionFinding(null, info(now, now)).level).toBe('skipped');
    const empty = { firstEventId: null, lastEventId: null, streamSize: 0 };
    expect(retentionFinding(null, empty).level).toBe('ok');
  });

  it('is not near on a stream that has just begun', () => {
    const finding = retentionFinding(parseCursor(`${now - 60_000}-0`), info(now - 61_000, now));
    expect(finding.level).toBe('ok');
  });
});
