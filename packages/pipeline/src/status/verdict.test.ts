import { describe, expect, it } from 'vitest';
import { HOLD_KINDS, type HoldKind } from '../queue/hold.ts';
import type { StreamStatus } from '../queue/stream-status.ts';
import { groupDeadLetters } from './dead-letter-groups.ts';
import { statusExample } from './testing/status-example.ts';
import { BEHIND_MS, LOST_MS, OLD_PENDING_MS, verdictOf } from './verdict.ts';

const hold = (kind: HoldKind) => ({ kind, reason: '', since: 0, until: null, by: '', times: 1 });
const dead = groupDeadLetters([{ id: '1', data: {}, failedReason: 'x' }], 1);

describe('the verdict', () => {
  it('is good while everything is delivered', () => {
    expect(verdictOf(statusExample())).toEqual({
      level: 'good',
      headline: 'Indicators reach XSOAR.',
      detail: 'Everything that was read is delivered.',
      problems: [],
    });
  });

  it('is good while states are on their way', () => {
    const verdict = verdictOf(statusExample({ pending: { entities: 2, oldestMs: 900 } }));
    expect(verdict).toMatchObject({ level: 'good', detail: '2 states are on the way.' });
  });

  it.each([
    ['operator', 'attention'],
    ['rate-limit', 'attention'],
    ['credentials', 'trouble'],
    ['outage', 'trouble'],
    ['configuration', 'trouble'],
  ] as const)('takes a hold of the kind %s for %s', (kind, level) => {
    const verdict = verdictOf(statusExample({ holds: [hold(kind)] }));
    expect(verdict.level).toBe(level);
    expect(verdict.detail).not.toBe('');
  });

  it('has words for each kind of hold', () => {
    const { problems } = verdictOf(statusExample({ holds: HOLD_KINDS.map(hold) }));
    expect(new Set(problems.map(({ what }) => what)).size).toBe(HOLD_KINDS.length);
  });

  it('is trouble while nobody reads or nobody delivers', () => {
    const { stream } = statusExample();
    const idle = verdictOf(statusExample({ stream: { ...stream, ingestActive: false } }));
    expect(idle).toMatchObject({ level: 'trouble', headline: 'No ingest reads the stream.' });
    const alone = verdictOf(statusExample({ workers: [] }));
    expect(alone).toMatchObject({ level: 'trouble', headline: 'No worker is alive.' });
  });

  it('is trouble while the stream is refused, and for a lost one only after a while', () => {
    const { stream } = statusExample();
    const level = (state: StreamStatus['state'], forMs: number) => {
      const told: StreamStatus = {
        ...{ state, since: 0, at: forMs, reason: 'the token is wrong', retryInMs: 1 },
        ...{ leader: 'a:1', heldBack: null, catchUp: null },
      };
      return verdictOf(statusExample({ stream: { ...stream, told } }));
    };
    expect(level('unauthorized', 0)).toMatchObject({
      level: 'trouble',
      detail: expect.stringContaining('the token is wrong'),
    });
    expect(level('stopped', 0).level).toBe('trouble');
    expect(level('waiting', LOST_MS).level).toBe('good');
    expect(level('waiting', LOST_MS + 1).level).toBe('trouble');
    expect(level('live', 99_999).level).toBe('good');
  });

  it('is attention while OpenCTI catches up, with the progress', () => {
    const { stream } = statusExample();
    const told: StreamStatus = {
      ...{ state: 'catching-up', since: 0, at: 0, reason: '', retryInMs: null, leader: 'a:1' },
      heldBack: null,
      catchUp: { until: '', positionMs: 1, objects: 70, perSecond: 7, leftMs: 120_000 },
    };
    expect(verdictOf(statusExample({ stream: { ...stream, told } }))).toMatchObject({
      level: 'attention',
      headline: expect.stringMatching(/70 objects, 7 a second; about 2 min left/),
    });
  });

  it('is attention while backpressure holds the stream back, with the reason, also in a catch-up', () => {
    const { stream } = statusExample();
    const heldBack = '50000 entities wait for delivery (marks 50000/40000)';
    const told: StreamStatus = {
      ...{ state: 'live', since: 0, at: 0, reason: '', retryInMs: null, leader: 'a:1' },
      ...{ heldBack, catchUp: null },
    };
    expect(verdictOf(statusExample({ stream: { ...stream, told } }))).toMatchObject({
      level: 'attention',
      headline: `The stream waits for the deliveries: ${heldBack}.`,
      detail: expect.stringContaining('read again by itself'),
    });
    const catchUp = { until: '', positionMs: 1, objects: 70, perSecond: 7, leftMs: null };
    const both = { ...stream, told: { ...told, state: 'catching-up' as const, catchUp } };
    expect(verdictOf(statusExample({ stream: both })).problems).toHaveLength(2);
  });

  it('is attention for old states and for a stream that is read late, and only beyond the limits', () => {
    const { stream } = statusExample();
    const at = (oldestMs: number, behindMs: number) =>
      verdictOf(
        statusExample({ stream: { ...stream, behindMs }, pending: { entities: 1, oldestMs } }),
      ).problems.map(({ level }) => level);
    expect(at(OLD_PENDING_MS, BEHIND_MS)).toEqual([]);
    expect(at(OLD_PENDING_MS + 1, BEHIND_MS + 1)).toEqual(['attention', 'attention']);
  });

  it('does not ask for more workers while deliveries are held', () => {
    const pending = { entities: 1, oldestMs: OLD_PENDING_MS + 1 };
    const { problems } = verdictOf(statusExample({ pending, holds: [hold('outage')] }));
    expect(problems[1]?.action).toBe('It goes when deliveries go on.');
  });

  it('says when a backlog and a catch-up will be over', () => {
    const { stream } = statusExample();
    const { problems } = verdictOf(
      statusExample({
        stream: { ...stream, behindMs: 86_400_000 },
        pending: { entities: 9_000, oldestMs: OLD_PENDING_MS + 1 },
        pace: {
          overMs: 60_000,
          pendingPerMinute: -900,
          emptyInMs: 600_000,
          streamSpeed: 20,
          caughtUpInMs: 3_600_000,
        },
      }),
    );
    expect(problems.map(({ action }) => action)).toEqual([
      'It catches up and will be there in about 60 min.',
      'The backlog shrinks and will be gone in about 10 min.',
    ]);
  });

  it('names the worst first', () => {
    const verdict = verdictOf(statusExample({ deadLetters: dead, workers: [] }));
    expect(verdict.problems.map(({ what }) => what)).toEqual([
      'No worker is alive.',
      '1 entity could not be delivered.',
    ]);
  });
});
