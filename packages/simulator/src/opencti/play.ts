import type { Operation } from './operation.ts';
import type { Platform } from './platform.ts';

/** How fast a feed is played. */
export interface PlayOptions {
  /** Operations per second; absent or 0 plays as fast as possible. */
  ratePerSecond?: number;
}

/** A feed that is being played. */
export interface Playing {
  /** Operations applied so far. */
  readonly applied: number;
  /** Resolves with the number of operations when the feed has ended or was stopped; rejects when it fails. */
  readonly finished: Promise<number>;
  stop(): void;
}

/** So many ms of work before the connections get their turn. */
const sliceMs = 5;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms <= 0) setImmediate(resolve);
    else setTimeout(resolve, ms);
  });
}

/**
 * Applies the operations of a feed one after another. Connections are served between
 * slices of a few ms, so that appending and sending share one core.
 */
export function play(
  platform: Platform,
  feed: Iterable<Operation> | AsyncIterable<Operation>,
  options: PlayOptions,
): Playing {
  let applied = 0;
  let stopped = false;
  const rate = options.ratePerSecond ?? 0;
  const startedAt = performance.now();
  let sliceStart = startedAt;

  /** Undefined when the next operation is due now. */
  const due = (): Promise<void> | undefined => {
    const now = performance.now();
    if (rate > 0) {
      const wait = (applied / rate) * 1000 - (now - startedAt);
      if (wait > 0) {
        sliceStart = now;
        return pause(Math.max(1, wait));
      }
    }
    if (now - sliceStart < sliceMs) return undefined;
    return pause(0).then(() => {
      sliceStart = performance.now();
    });
  };

  const run = async (): Promise<number> => {
    // Not `for await`: a synchronous feed must not pay for promises.
    if (Symbol.iterator in feed) {
      for (const operation of feed) {
        const wait = due();
        if (wait) await wait;
        if (stopped) break;
        platform.apply(operation);
        applied += 1;
      }
      return applied;
    }
    for await (const operation of feed) {
      const wait = due();
      if (wait) await wait;
      if (stopped) break;
      platform.apply(operation);
      applied += 1;
    }
    return applied;
  };

  return {
    get applied() {
      return applied;
    },
    finished: run(),
    stop() {
      stopped = true;
    },
  };
}
