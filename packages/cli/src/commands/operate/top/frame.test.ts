import {
  type ConnectorStatus,
  groupDeadLetters,
  groupRetries,
  parseCursor,
  statusOf,
  verdictOf,
} from '@xsoar-intel/pipeline';
import { describe, expect, it } from 'vitest';
import { createPaint } from '../../../terminal/paint.ts';
import { type Moment, momentLine, momentScreen } from './frame.ts';

const at = Date.parse('2026-02-01T09:30:00.000Z');
const plain = createPaint(false);

/** A connector at work. */
const calm: ConnectorStatus = statusOf(
  {
    at,
    snapshot: {
      ...{ cursor: parseCursor('1769938140000-0'), pending: 900, oldestPendingMs: 4_000 },
      ...{ dead: 0, rejected: 2, holds: [], ingestActive: true, stream: null, reconciled: null },
      workers: [{ name: 'host-a:17', version: '1.2.3', since: at }],
      ingests: [{ name: 'host-a:16', version: '1.2.3', since: at }],
      jobs: { waiting: 880, active: 20, delayed: 3, failed: 0 },
    },
    ...{ rates: null, retrying: groupRetries([]), deadLetters: groupDeadLetters([], 0) },
    setAside: [],
    actions: [],
  },
  { version: '1.2.3', connectorId: 'a-connector', pace: null },
);

function moment(change: Partial<ConnectorStatus> = {}): Moment {
  const status = { ...calm, ...change };
  const flow = { inPerSecond: 12.4, outPerSecond: 1_300, history: [0, 1_300] };
  return { at, status, verdict: verdictOf(status), state: 'healthy', flow };
}

/** A backlog that shrinks, and a stream that is read faster than time goes. */
const pace = {
  ...{ overMs: 60_000, pendingPerMinute: -900, emptyInMs: 60_000 },
  ...{ streamSpeed: 20, caughtUpInMs: 3_600_000 },
};

const told = {
  ...{ state: 'live' as const, since: at, at, reason: '', retryInMs: null, leader: 'a:1' },
  ...{ heldBack: '50000 entities wait\u001b[2J', catchUp: null },
};

describe('the screen of top', () => {
  it('begins with the verdict and has each figure on a line of its own', () => {
    const lines = momentScreen(moment(), plain);
    expect(lines[0]).toBe('xsoar-intel top  a-connector  2026-02-01 09:30:00 UTC');
    expect(lines[2]).toBe('Indicators reach XSOAR.');
    const text = lines.join('\n');
    expect(text).toMatch(/^ {2}in +12\/s {2}deliveries asked for$/m);
    expect(text).toMatch(/^ {2}out +1,300\/s {2}▁█$/m);
    expect(text).toMatch(/^ {2}pending +900 {2}oldest 4 s$/m);
    expect(text).toMatch(/^ {2}active +20 {2}880 waiting, 3 delayed$/m);
    expect(text).toMatch(/^ {2}lag +60 s {2}cursor 1769938140000-0$/m);
    expect(text).toMatch(/^ {2}workers +1 {2}host-a:17$/m);
    expect(text).toContain('How fast the backlog changes is known after ten seconds.');
    expect(lines.at(-1)).toBe('  q or Ctrl-C ends');
  });

  it('tells how fast the backlog shrinks and how long a catch-up takes', () => {
    const recoverUntil = '2026-02-01T09:00:00.000Z';
    const text = momentScreen(moment({ pace, stream: { ...calm.stream, recoverUntil } }), plain)
      .join('\n')
      .replaceAll(/ +/g, ' ');
    expect(text).toContain('pending 900 oldest 4 s, -900 a minute, empty in 60 s');
    expect(text).toContain(
      'cursor 1769938140000-0, catch-up until 2026-02-01T09:00:00.000Z, 20 times as fast as time goes, caught up in 60 min',
    );
    expect(text).not.toContain('is known after ten seconds');
  });

  it('says why the stream is held back and why deliveries are tried again, as text', () => {
    const timeout = { data: { entityId: 'e', lastError: { reason: 'timeout', message: 'x' } } };
    const retrying = groupRetries([timeout]);
    const lines = momentScreen(moment({ stream: { ...calm.stream, told }, retrying }), plain);
    const text = lines.join('\n');
    expect(lines[2]).toMatch(/^The stream waits for the deliveries: 50000 entities wait/);
    expect(text).toContain('held back: 50000 entities wait\\u{1b}[2J');
    expect(text).toContain('880 waiting, 3 delayed, 1 for timeout');
    expect(text).not.toContain('\u001b');
  });

  it('shows each hold with its reason', () => {
    const hold = { kind: 'operator' as const, reason: 'maintenance', by: 'jo', times: 1 };
    const lines = momentScreen(moment({ holds: [{ ...hold, since: at, until: null }] }), plain);
    expect(lines).toContain('    operator for 0 s, until somebody resumes, by jo: maintenance');
  });
});

describe('the line of top', () => {
  it('has all figures, and how long backlog and catch-up will take', () => {
    expect(momentLine(moment({ pace }))).toBe(
      '2026-02-01T09:30:00.000Z healthy in=12/s out=1300/s pending=900 oldest=4s active=20 lag=60s dead=0 holds=none workers=1 ingest=active empty-in=60s caught-up-in=3600s',
    );
    expect(momentLine(moment())).toMatch(/ empty-in=- caught-up-in=-$/);
  });
});
