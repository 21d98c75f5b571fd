/**
 * The life of a process:
 *
 *   starting ──started──▶ running ──SIGTERM, SIGINT──▶ draining ──stopped──▶ ended (0)
 *      │                     │                            ├──SHUTDOWN_TIMEOUT is over──▶ ended (1)
 *      │                     │                            └──a second signal──▶ ended (128 + n)
 *      │                     └──an error that nobody caught──▶ draining, ended (1)
 *      └──failed──▶ ended (1)
 */
import type { Logger } from './logger.ts';

/** Something that was started and can be stopped. */
export interface Running {
  /** Ends it in an orderly way. */
  stop(): Promise<void>;
}

/** What to run. */
export interface ProcessOptions {
  logger: Logger;
  /** Longest time for `stop`, in ms. */
  shutdownMs: number;
  start(): Promise<Running>;
}

const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const;

/** Runs a program until it is told to end; resolves to its exit code. */
export function runProcess(options: ProcessOptions): Promise<number> {
  const { logger } = options;
  return new Promise((resolve) => {
    let running: Running | undefined;
    let draining = false;

    function end(code: number): void {
      process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);
      process.off('uncaughtException', onDefect).off('unhandledRejection', onDefect);
      resolve(code);
    }

    async function drain(code: number): Promise<void> {
      draining = true;
      const deadline = setTimeout(() => {
        logger.error(
          { shutdownMs: options.shutdownMs },
          'not stopped within SHUTDOWN_TIMEOUT; what is unfinished is taken up by others',
        );
        end(1);
      }, options.shutdownMs);
      try {
        await running?.stop();
        logger.info('stopped');
        end(code);
      } catch (error) {
        logger.error({ err: error }, 'stopping failed');
        end(1);
      } finally {
        clearTimeout(deadline);
      }
    }

    function onSignal(signal: keyof typeof SIGNALS): void {
      if (draining) {
        logger.warn({ signal }, 'second signal: ending at once');
        end(128 + SIGNALS[signal]);
        return;
      }
      logger.info({ signal }, 'stopping');
      void drain(0);
    }

    function onDefect(error: unknown): void {
      logger.error({ err: error }, 'an error that nobody caught; stopping');
      if (!draining) void drain(1);
    }

    const onInterrupt = (): void => onSignal('SIGINT');
    const onTerminate = (): void => onSignal('SIGTERM');
    process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate);
    process.on('uncaughtException', onDefect).on('unhandledRejection', onDefect);

    options.start().then(
      (started) => {
        running = started;
        // Told to end while it started: stop what has just come up.
        if (draining) void started.stop();
      },
      (error: unknown) => {
        logger.error(
          error instanceof Error ? { reason: error.message } : { err: error },
          'cannot start',
        );
        end(1);
      },
    );
  });
}
