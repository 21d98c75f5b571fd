/**
 * Backpressure: how much undelivered work may lie in Redis.
 *
 *   open ──pending entities, or Redis' memory, reach the high mark──▶ shut (the socket is not read)
 *   shut ──both are below their low marks──▶ open
 *
 * OpenCTI keeps the stream meanwhile; nothing is dropped.
 */
import type { Keys, Redis } from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import { parseRedisFacts } from './redis-facts.ts';

/** The marks. Memory as a share of `maxmemory`; without a `maxmemory` it is not looked at. */
export interface WaterMarks {
  pendingHigh: number;
  pendingLow: number;
  memoryHigh: number;
  memoryLow: number;
}

/** The gate in front of the stream. */
export interface BackpressureGate {
  readonly shut: boolean;
  /** Why it is shut, in words; null when it is open. */
  readonly reason: string | null;
  room(): Promise<void> | undefined;
  /** Tells it the count of pending entities as just seen. */
  pending(count: number): void;
  stop(): void;
}

/** Makes the gate; looks at Redis every `everyMs` to open again and to see its memory. */
export function createBackpressure(
  redis: Redis,
  keys: Keys,
  marks: WaterMarks,
  options: { everyMs: number; logger: Logger; onChange(shut: boolean): void },
): BackpressureGate {
  let pendingCount = 0;
  let memory: number | null = null;
  let reason: string | null = null;
  let waiters: (() => void)[] = [];
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  function decide(): void {
    const wasShut = reason !== null;
    const pendingMark = wasShut ? marks.pendingLow : marks.pendingHigh;
    const memoryMark = wasShut ? marks.memoryLow : marks.memoryHigh;
    if (pendingCount >= pendingMark) {
      reason = `${pendingCount} entities wait for delivery (marks ${marks.pendingHigh}/${marks.pendingLow})`;
    } else if (memory !== null && memory >= memoryMark) {
      reason = `Redis uses ${Math.round(memory * 100)} % of its maxmemory (marks ${marks.memoryHigh}/${marks.memoryLow})`;
    } else {
      reason = null;
    }
    if ((reason !== null) === wasShut) return;
    options.onChange(!wasShut);
    if (reason !== null) {
      options.logger.warn({ reason }, 'backpressure: the stream is not read for now');
      return;
    }
    options.logger.info('backpressure is over: the stream is read again');
    for (const waiter of waiters) waiter();
    waiters = [];
  }

  async function look(): Promise<void> {
    try {
      const [pending, info] = await Promise.all([redis.zcard(keys.pending), redis.info('memory')]);
      pendingCount = pending;
      memory = parseRedisFacts(info).memoryRatio;
      if (!stopped) decide();
    } catch (error) {
      options.logger.warn({ err: error }, 'the load of Redis cannot be seen at the moment');
    } finally {
      // While shut the drain decides how long nothing is read: look more often.
      if (!stopped) timer = setTimeout(() => void look(), reason ? 250 : options.everyMs);
    }
  }
  void look();

  return {
    get shut() {
      return reason !== null;
    },
    get reason() {
      return reason;
    },
    room() {
      if (reason === null || stopped) return undefined;
      return new Promise((resolve) => {
        waiters.push(resolve);
      });
    },
    pending(count) {
      pendingCount = count;
      decide();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      for (const waiter of waiters) waiter();
      waiters = [];
    },
  };
}
