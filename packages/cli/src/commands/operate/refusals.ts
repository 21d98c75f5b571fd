/** Refusals after which a command is sent again and again, while whoever gave it waits without a word. */
const SENT_AGAIN = /\b(?:READONLY|LOADING)\b/;

/** Thrown when Redis has refused a command for too long. */
export class StillRefused extends Error {
  override readonly name = 'StillRefused';
}

/**
 * Notices a command that waits for a Redis that refuses it, as a replica refuses all writes.
 * @param patienceMs so long it may pass by itself, as in a failover
 */
export function watchRefusals(patienceMs: number): {
  /** To be told of every trouble of the connection. */
  told(error: Error): void;
  /** Rejects with {@link StillRefused} when it does not pass; never resolves. */
  readonly stuck: Promise<never>;
  end(): void;
} {
  const { promise: stuck, reject } = Promise.withResolvers<never>();
  // Whoever ended before it happened does not hear of it.
  stuck.catch(() => {});
  let timer: NodeJS.Timeout | undefined;
  let last: Error | null = null;
  return {
    stuck,
    told(error) {
      if (!SENT_AGAIN.test(error.message)) return;
      last = error;
      timer ??= setTimeout(() => {
        // What was refused within the first half only has been taken since.
        last = null;
        timer = setTimeout(() => {
          if (last !== null) reject(new StillRefused(last.message, { cause: last }));
          timer = undefined;
        }, patienceMs / 2);
      }, patienceMs / 2);
    },
    end: () => clearTimeout(timer),
  };
}
