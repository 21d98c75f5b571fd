/**
 * The life of a process:
 *
 *   starting ──start() is done──▶ running
 *   starting ──start() fails──▶ stopped (1, or the exitCode of the error)
 *   starting, running ──SIGTERM, SIGINT, SIGHUP──▶ draining
 *   starting, running ──fail(), an error that nobody caught──▶ draining, and ends with 1
 *   draining ──stop() is done──▶ stopped (0, or 1 after a failure)
 *   draining ──stop() fails, or SHUTDOWN_TIMEOUT is over──▶ stopped (1)
 *   draining ──a second signal──▶ stopped at once (128 + n: SIGHUP 129, SIGINT 130, SIGTERM 143)
 *
 * What is told to drain while it starts gets a moment to come up, so that it can be stopped in
 * order; what waits (for a Redis that is away) is left.
 */
import type { Logger } from './logger.ts';

/** See the head of this file. */
export type ProcessState = 'starting' | 'running' | 'draining' | 'stopped';

/** Something that was started and can be stopped. */
export interface Running {
  /** Ends it in an orderly way. */
  stop(): Promise<void>;
}

/** What a program may use while it runs. */
export interface ProcessContext {
  /** Aborted when draining begins. */
  readonly signal: AbortSignal;
  /** Ends the process with 1, in order: it found out that it can do no good any more. */
  fail(error: unknown): void;
}

/** What to run. */
export interface ProcessOptions {
  logger: Logger;
  /** Longest time for `stop`, in ms. */
  shutdownMs: number;
  start(context: ProcessContext): Promise<Running>;
  onState?(state: ProcessState): void;
}

/** SIGHUP too: a terminal that closes, or somebody who expects a reload, must not cut pushes off. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
type Signal = keyof typeof SIGNALS;

/** How long start() may take to finish once draining has begun, in ms. */
const COMING_UP_MS = 1_000;
/**
 * The same signal within so many ms is the same wish: Ctrl-C reaches the whole process group, and
 * launchers (npm, the `xsoar-intel` script) pass on what they got.
 */
const ECHO_MS = 200;
/** Keeps the process while it runs, whatever its program waits for. Longest delay of a timer. */
const FOR_EVER_MS = 2 ** 31 - 1;

/** Runs a program until it is told to end; resolves to its exit code, and never rejects. */
export function runProcess(options: ProcessOptions): Promise<number> {
  const { logger } = options;
  return new Promise((resolve) => {
    let state: ProcessState = 'starting';
    let failed = false;
    let told: { signal: Signal; at: number } | null = null;
    const ending = new AbortController();
    const keepAlive = setInterval(() => {}, FOR_EVER_MS);

    const names = Object.keys(SIGNALS) as Signal[];
    for (const name of names) process.on(name, onSignal);
    process.on('uncaughtException', onDefect).on('unhandledRejection', onDefect);

    const program = (async () => options.start({ signal: ending.signal, fail: onFailure }))();
    program.then(
      () => {
        if (state === 'starting') become('running');
      },
      (error: unknown) => {
        // While draining, drain() sees it; having been told to end, it may fail for that.
        if (state !== 'starting') return;
        logger.error(
          isExpected(error) ? { reason: error.message } : { err: error },
          'cannot start',
        );
        end(exitCodeOf(error));
      },
    );

    function become(next: ProcessState): void {
      state = next;
      options.onState?.(next);
    }

    function end(code: number): void {
      if (state === 'stopped') return;
      clearInterval(keepAlive);
      for (const name of names) process.off(name, onSignal);
      process.off('uncaughtException', onDefect).off('unhandledRejection', onDefect);
      become('stopped');
      resolve(code);
    }

    async function drain(): Promise<void> {
      const wasStarting = state === 'starting';
      become('draining');
      ending.abort();
      const deadline = setTimeout(() => {
        logger.error(
          { shutdownMs: options.shutdownMs },
          'not stopped within SHUTDOWN_TIMEOUT; what is unfinished is taken up by others',
        );
        end(1);
      }, options.shutdownMs);
      try {
        const running = await (wasStarting ? Promise.race([program, leave()]) : program);
        await running?.stop();
        if (ended()) return;
        logger.info('stopped');
        end(failed ? 1 : 0);
      } catch (error) {
        if (ended()) return;
        const wished = wasStarting && told !== null && isAbort(error);
        if (!wished) logger.error({ err: error }, 'stopping failed');
        end(wished && !failed ? 0 : 1);
      } finally {
        clearTimeout(deadline);
      }
    }

    /** Asked as a function: the state changes while a caller waits. */
    function ended(): boolean {
      return state === 'stopped';
    }

    function onSignal(signal: Signal): void {
      const now = performance.now();
      if (told?.signal === signal && now - told.at < ECHO_MS) return;
      if (state === 'draining') {
        logger.warn({ signal }, 'second signal: ending at once');
        end(128 + SIGNALS[signal]);
        return;
      }
      told = { signal, at: now };
      logger.info({ signal }, 'stopping');
      void drain();
    }

    function onFailure(error: unknown): void {
      failed = true;
      logger.error({ err: error }, 'cannot go on; stopping');
      if (state === 'starting' || state === 'running') void drain();
    }

    function onDefect(error: unknown): void {
      failed = true;
      logger.error({ err: error }, 'an error that nobody caught; stopping');
      if (state === 'starting' || state === 'running') void drain();
    }
  });
}

/** Gives up waiting for a start. */
function leave(): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(resolve, COMING_UP_MS, null).unref();
  });
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** Whether an error speaks of the surroundings; a mistake of ours is told with its stack. */
function isExpected(error: unknown): error is Error {
  const defects = [TypeError, RangeError, ReferenceError, SyntaxError];
  return error instanceof Error && !defects.some((defect) => error instanceof defect);
}

function exitCodeOf(error: unknown): number {
  const code: unknown = error instanceof Error && 'exitCode' in error ? error.exitCode : undefined;
  return typeof code === 'number' && Number.isInteger(code) && code > 0 && code < 256 ? code : 1;
}
