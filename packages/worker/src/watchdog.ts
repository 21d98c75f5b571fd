/**
 * Notices a worker that has gone deaf: jobs wait, nothing holds it, and yet it
 * neither takes nor ends one (a blocking connection that never came back after a
 * failover, say), or Redis does not answer over a connection that looks alive.
 * Waiting longer mends nothing; a new process does.
 *
 *   fine ──jobs wait, and nothing moved since the last look──▶ suspected
 *   fine ──a look gets no answer──▶ suspected
 *   suspected ──a job began or ended, none waits, deliveries are held──▶ fine
 *   suspected ──the connection is down: Redis is away, and will come back──▶ fine
 *   suspected ──for the whole time──▶ deaf (told once)
 */

/** What a look found. */
export interface Load {
  /** Jobs that a worker could take. */
  waiting: number;
  /** Deliveries are held, or the queue is paused: nobody is to take any. */
  held: boolean;
}

/** A watchdog at work. */
export interface Watchdog {
  /** A job was taken, or is done with. */
  moved(): void;
  stop(): void;
}

/** What the watchdog works with. Times in ms. */
export interface WatchdogOptions {
  look(): Promise<Load>;
  /** Whether there is a connection to Redis, as far as one can tell. */
  connected(): boolean;
  /** How long jobs may wait while nothing moves; longer than the longest push. */
  patienceMs: number;
  everyMs: number;
  /** A clock that never goes back. */
  now(): number;
  onDeaf(error: Error): void;
  onError(error: unknown): void;
}

/** Starts a watchdog. */
export function startWatchdog(options: WatchdogOptions): Watchdog {
  const seconds = Math.round(options.patienceMs / 1_000);
  let movedAt = options.now();
  let asking = false;
  let answered: Load | null = null;
  const timer = setInterval(check, options.everyMs);

  function check(): void {
    const content = answered !== null && (answered.waiting === 0 || answered.held);
    if (content || !options.connected()) movedAt = options.now();
    else if (options.now() - movedAt >= options.patienceMs) {
      clearInterval(timer);
      options.onDeaf(
        new Error(
          answered === null
            ? `Redis has not answered for ${seconds} s, over a connection that looks alive`
            : `jobs have waited for ${seconds} s, and this worker took none: it is deaf`,
        ),
      );
      return;
    }
    if (!asking) void ask();
  }

  async function ask(): Promise<void> {
    asking = true;
    answered = null;
    try {
      answered = await options.look();
    } catch (error) {
      // Redis is there, and says that it cannot now.
      movedAt = options.now();
      options.onError(error);
    } finally {
      asking = false;
    }
  }

  return {
    moved() {
      movedAt = options.now();
    },
    stop: () => clearInterval(timer),
  };
}
