/**
 * Puts the control's limit into effect: it listens to the requests of a worker, and tells
 * BullMQ's worker how many jobs it may take. A job beyond the limit is not taken at all,
 * rather than taken and kept waiting before its push: so it has no lock that must be
 * renewed, no lease that runs, and any other worker may have it. What is under way when
 * the limit falls is finished.
 */
import type { RequestInfo } from '@xsoar-intel/xsoar';
import type { ConcurrencyControl, Verdict } from './controller.ts';

/** Between the requests of a worker and its jobs. */
export interface ConcurrencyGate {
  /** Jobs that may be taken at a time. */
  readonly limit: number;
  /** `apply` is called with every limit from now on, the present one included. */
  follow(apply: (limit: number) => void): void;
  /** A job was taken. */
  began(): void;
  /** It is done with, however it ended. */
  ended(): void;
  /** A request to XSOAR ended. */
  requested(info: Pick<RequestInfo, 'operation' | 'status' | 'durationMs' | 'error'>): void;
}

/** What the end of a request says of XSOAR's load. */
export function verdictOf({ status, error }: Pick<RequestInfo, 'status' | 'error'>): Verdict {
  if (status === null) return error === 'timeout' || error === 'network' ? 'overloaded' : 'neither';
  if (status === 429 || status === 408 || status >= 500) return 'overloaded';
  // Other refusals are quick and say nothing of how long the work would take.
  return status >= 200 && status < 300 && error === undefined ? 'answered' : 'neither';
}

/** Makes a gate. `now`: ms since 1970, by a clock that does not jump. */
export function createConcurrencyGate(
  control: ConcurrencyControl,
  now: () => number,
): ConcurrencyGate {
  const followers: ((limit: number) => void)[] = [];
  let busy = 0;
  let told = control.limit;
  return {
    get limit() {
      return control.limit;
    },
    follow(apply) {
      followers.push(apply);
      apply(control.limit);
    },
    began() {
      busy += 1;
    },
    ended() {
      busy -= 1;
    },
    requested(info) {
      const { operation, durationMs } = info;
      control.take({ operation, durationMs, verdict: verdictOf(info), busy }, now());
      if (control.limit === told) return;
      told = control.limit;
      for (const apply of followers) apply(told);
    },
  };
}
