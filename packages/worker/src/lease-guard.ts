/**
 * Keeps a process that stood still (a paused VM, a stopped container) from
 * sending what its lease no longer covers. An AbortSignal is not enough: after a
 * standstill the answer that was waiting on a socket is handled before any timer
 * fires, and the next request would go out. So the clock is asked at the last
 * moment before each write.
 */
import { type WriterClient, XsoarError } from '@xsoar-intel/xsoar';

/** Knows until when each push may write. */
export interface LeaseGuard {
  /** The client to write with. */
  readonly client: WriterClient;
  /** Begins one push, which ends with `signal`, or after `budgetMs`. */
  begin(signal: AbortSignal, budgetMs: number): Push;
}

/** The time of one push. */
export interface Push {
  readonly signal: AbortSignal;
  /** To be called when it is over: a timer per push would pile up by the thousand. */
  end(): void;
}

/** Puts the guard before a client. `now`: ms, by a clock that goes on during a standstill. */
export function guardLeases(client: WriterClient, now: () => number): LeaseGuard {
  const deadlines = new WeakMap<AbortSignal, number>();

  function check(signal: AbortSignal | undefined, operation: 'create' | 'edit' | 'delete'): void {
    const deadline = signal && deadlines.get(signal);
    if (deadline === undefined || now() <= deadline) return;
    throw new XsoarError({
      kind: 'timeout',
      operation,
      uncertain: false,
      message:
        'this process stood still for longer than its lease on the entity; the push starts again',
    });
  }

  return {
    client: {
      async create(indicator, signal) {
        check(signal, 'create');
        return client.create(indicator, signal);
      },
      async edit(indicator, signal) {
        check(signal, 'edit');
        return client.edit(indicator, signal);
      },
      async batchDelete(targets, reason, signal) {
        check(signal, 'delete');
        return client.batchDelete(targets, reason, signal);
      },
      search: (filter, signal) => client.search(filter, signal),
    },
    begin(signal, budgetMs) {
      const controller = new AbortController();
      const abort = (): void => controller.abort(signal.reason);
      const timer = setTimeout(() => controller.abort(new Error('push budget')), budgetMs);
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      deadlines.set(controller.signal, now() + budgetMs);
      return {
        signal: controller.signal,
        end() {
          clearTimeout(timer);
          signal.removeEventListener('abort', abort);
        },
      };
    },
  };
}
