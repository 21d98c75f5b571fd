/**
 * Lets a worker process rest while deliveries are held.
 *
 *   running ──a job met a hold, the look found one, or Redis refused to hand out jobs──▶ resting (takes no jobs)
 *   resting ──a look finds no hold, or one that may be probed now──▶ running
 *
 * BullMQ's own pause is left to nobody: a breaker that dies must not leave the
 * queue paused, so the hold is looked at again and again.
 */
import { type Hold, type Holds, holdsEverything } from '@xsoar-intel/pipeline';
import type { Worker } from 'bullmq';

/** The watch of one worker process. */
export interface HoldWatch {
  /** The holds as last seen. */
  readonly holds: readonly Hold[];
  /** Rest now; the next look decides for how long. */
  rest(): void;
  stop(): void;
}

/** Whether a hold lets nobody through at this moment. */
export function isClosed(hold: Hold, now: number): boolean {
  return hold.until === null || hold.until > now;
}

/** Starts the watch. `everyMs`: time between looks. */
export function watchHolds(
  worker: Pick<Worker, 'pause' | 'resume' | 'isPaused'>,
  holds: Holds,
  options: {
    everyMs: number;
    onChange(holds: readonly Hold[]): void;
    /**
     * The worker takes jobs again: wakes it, since BullMQ goes on waiting for the sign of a
     * new job that came, and was used up, while it rested (`drainDelay`).
     */
    onResume(): void;
    onError(error: unknown): void;
  },
): HoldWatch {
  let seen: readonly Hold[] = [];
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const rest = (): void => {
    if (!stopped && !worker.isPaused()) worker.pause(true).catch(options.onError);
  };

  async function look(): Promise<void> {
    try {
      seen = await holds.list();
      if (stopped) return;
      options.onChange(seen);
      if (seen.some((hold) => holdsEverything(hold) && isClosed(hold, Date.now()))) rest();
      else if (worker.isPaused()) {
        worker.resume();
        options.onResume();
      }
    } catch (error) {
      options.onError(error);
    } finally {
      if (!stopped) timer = setTimeout(() => void look(), options.everyMs);
    }
  }

  void look();
  return {
    get holds() {
      return seen;
    },
    rest,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
