import { once } from 'node:events';

/** Standard output that is read at the reader's pace and may be left by it. */
export interface Output {
  line(text: string): void;
  /** Resolves when more may be written; to false when nobody reads any more (`| head`). */
  room(): Promise<boolean>;
  /** Resolves when everything has left the process, or nobody reads any more. */
  flush(): Promise<void>;
}

/** Wraps a stream. A reader that goes away is no error; any other failure of the stream is thrown. */
export function createOutput(stream: NodeJS.WriteStream): Output {
  const gone = new AbortController();
  let failure: Error | null = null;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure = error;
    gone.abort();
  });

  async function untilGone(event: Promise<unknown>): Promise<void> {
    try {
      await event;
    } catch (error) {
      if (!gone.signal.aborted) throw error;
    }
    if (failure !== null) throw failure;
  }

  return {
    line(text) {
      if (!gone.signal.aborted) stream.write(`${text}\n`);
    },
    async room() {
      if (stream.writableNeedDrain && !gone.signal.aborted) {
        await untilGone(once(stream, 'drain', { signal: gone.signal }));
      }
      return !gone.signal.aborted;
    },
    async flush() {
      // A pipe is written in the background: exiting before the callback would cut the end off.
      const written = new Promise<void>((resolve) => {
        gone.signal.addEventListener('abort', () => resolve(), { once: true });
        if (gone.signal.aborted) resolve();
        else stream.write('', () => resolve());
      });
      await untilGone(written);
    },
  };
}
