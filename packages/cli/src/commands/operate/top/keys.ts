/** Ends `top`: by q, Ctrl-C, or a signal. */
export interface Ending {
  readonly ended: boolean;
  /** Resolves after so long, or at the end. */
  sleep(ms: number): Promise<void>;
  dispose(): void;
}

/** Listens for keys on a terminal, and for signals. */
export function listenForEnd(input: NodeJS.ReadStream, terminal: boolean): Ending {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  // A raw terminal gives Ctrl-C as a character.
  const onKey = (key: Buffer): void => {
    if (['q', 'Q', '\u0003', '\u0004', '\u001b'].includes(key.toString())) end();
  };
  const raw = terminal && input.isTTY;
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  if (raw) {
    input.setRawMode(true);
    input.on('data', onKey);
    input.resume();
  }
  return {
    get ended() {
      return controller.signal.aborted;
    },
    sleep: (ms) =>
      new Promise((resolve) => {
        if (controller.signal.aborted) return resolve();
        const timer = setTimeout(done, ms);
        controller.signal.addEventListener('abort', done, { once: true });
        function done(): void {
          clearTimeout(timer);
          controller.signal.removeEventListener('abort', done);
          resolve();
        }
      }),
    dispose() {
      process.removeListener('SIGINT', end);
      process.removeListener('SIGTERM', end);
      if (!raw) return;
      input.off('data', onKey);
      input.setRawMode(false);
      input.pause();
    },
  };
}
