import { type EventId, OpenctiError, type OpenctiErrorKind } from '@xsoar-intel/opencti';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { watchHorizon } from './stream-horizon.ts';

const TIMES = { everyMs: 60_000, refusedMs: 3_600_000 };
const OLDEST: EventId = { ms: 5, seq: 0, text: '5-0' };
let end: () => void;
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  end();
  vi.useRealTimers();
});

/** Fails as told, once, and answers from then on. */
function start(kind: OpenctiErrorKind) {
  const seen: EventId[] = [];
  const redisStreamInfo = vi.fn(async () => ({
    firstEventId: OLDEST,
    lastEventId: null,
    streamSize: 1,
  }));
  const problem = { kind, code: 'X', words: 'no' };
  redisStreamInfo.mockRejectedValueOnce(new OpenctiError('redisStreamInfo', problem));
  end = watchHorizon({ redisStreamInfo }, (oldest) => seen.push(oldest), TIMES);
  return { seen, redisStreamInfo };
}

it.each(['unavailable', 'network', 'rate-limited', 'bad-answer', 'unauthorized'] as const)(
  'a failure that passes (%s) is followed by the usual wait',
  async (kind) => {
    const { seen } = start(kind);
    await vi.advanceTimersByTimeAsync(TIMES.everyMs);
    expect(seen).toEqual([]);
    await vi.advanceTimersByTimeAsync(TIMES.everyMs);
    expect(seen).toEqual([OLDEST]);
  },
);

it.each(['forbidden', 'schema', 'refused'] as const)(
  'an answer that will be the same (%s) is not asked for again soon',
  async (kind) => {
    const { seen, redisStreamInfo } = start(kind);
    await vi.advanceTimersByTimeAsync(TIMES.everyMs + TIMES.refusedMs - 1);
    expect(redisStreamInfo).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(1);
    expect(seen).toEqual([OLDEST]);
  },
);
