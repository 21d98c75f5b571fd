/** A door that can be shut: whoever passes while it is shut waits until it opens. */
export interface Gate {
  shut(): void;
  open(): void;
  readonly isShut: boolean;
  /** Undefined when open. The promise also settles when `signal` aborts. */
  pass(signal: AbortSignal): Promise<void> | undefined;
  /** How many wait now. */
  readonly waiting: number;
}

export function createGate(): Gate {
  let closed = false;
  const waiters = new Set<() => void>();
  return {
    shut() {
      closed = true;
    },
    open() {
      closed = false;
      for (const go of [...waiters]) go();
    },
    get isShut() {
      return closed;
    },
    pass(signal) {
      if (!closed || signal.aborted) return undefined;
      return new Promise((resolve) => {
        const go = (): void => {
          waiters.delete(go);
          signal.removeEventListener('abort', go);
          resolve();
        };
        waiters.add(go);
        signal.addEventListener('abort', go);
      });
    },
    get waiting() {
      return waiters.size;
    },
  };
}
