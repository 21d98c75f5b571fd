/**
 * One process leads a role (reads the stream, sweeps); the others stand by.
 *
 *   standing by ──the key is free──▶ leading ──renewed each third of its time──▶ leading
 *        ▲                             │
 *        └──another holds the key, or Redis did not answer for the whole time──┘
 *
 * A leader that was frozen may believe in itself a moment too long: what it
 * writes must be fenced by other means (the cursor is, by compare-and-set).
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

/** A process's part in the election of one role. */
export interface Leadership {
  readonly leading: boolean;
  /** What stands at the role's key while this process leads: by it, its writes can be fenced. */
  readonly token: string;
  /** Resolves when this process leads (at once if it does); rejects after `stop`. */
  whenLeading(): Promise<void>;
  /** Gives the role up and stops standing for it. */
  stop(): Promise<void>;
}

/** Stands for a role until stopped. `ttlMs`: after how long a dead leader is replaced. */
export function standForLeader(
  redis: Redis,
  keys: Keys,
  role: string,
  options: { ttlMs: number; onChange(leading: boolean): void; onError(error: unknown): void },
): Leadership {
  const lead = loadScript(redis, 'lead');
  const resign = loadScript(redis, 'resign');
  const token = randomUUID();
  const key = keys.leader(role);
  let leading = false;
  let stopped = false;
  let lastSuccess = 0;
  let timer: NodeJS.Timeout | undefined;
  let waiters: { resolve(): void; reject(error: Error): void }[] = [];

  function become(next: boolean): void {
    if (leading === next) return;
    leading = next;
    if (next) {
      for (const waiter of waiters) waiter.resolve();
      waiters = [];
    }
    options.onChange(next);
  }

  async function round(): Promise<void> {
    const asked = performance.now();
    try {
      const won = (await lead([key], [token, options.ttlMs])) === 1;
      if (stopped) return;
      // Counted from the question, not the answer: Redis' clock started no later.
      if (won) lastSuccess = asked;
      become(won && performance.now() - asked < options.ttlMs);
    } catch (error) {
      options.onError(error);
    }
  }

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      // A Redis that does not answer must not leave an old leader in office.
      if (leading && performance.now() - lastSuccess >= options.ttlMs) become(false);
      void round().finally(schedule);
    }, options.ttlMs / 3);
    timer.unref();
  }

  // A reply may take for ever while Redis is away; look at the clock meanwhile.
  const watch = setInterval(() => {
    if (leading && performance.now() - lastSuccess >= options.ttlMs) become(false);
  }, options.ttlMs / 3);
  watch.unref();
  void round().finally(schedule);

  return {
    token,
    get leading() {
      return leading;
    },
    whenLeading: () =>
      leading
        ? Promise.resolve()
        : stopped
          ? Promise.reject(new Error('stopped'))
          : new Promise((resolve, reject) => {
              waiters.push({ resolve, reject });
            }),
    async stop() {
      if (stopped) return;
      stopped = true;
      clearTimeout(timer);
      clearInterval(watch);
      leading = false;
      for (const waiter of waiters) waiter.reject(new Error('stopped'));
      waiters = [];
      if (redis.status === 'ready') await resign([key], [token]);
    },
  };
}
