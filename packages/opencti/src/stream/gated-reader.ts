import type { Buffer } from 'node:buffer';
import type { ReaderLike } from 'eventsource';
import { createEventFilter } from './event-filter.ts';
import { createLineEnds } from './line-ends.ts';
import type { SilenceWatch } from './silence.ts';

/** Thrown when the caller's `room()` fails: our own trouble, not the platform's. */
export class NoRoomError extends Error {
  override name = 'NoRoomError';
}

/** What a gated reader needs. */
export interface GatedReaderOptions {
  /** Asked before each read; a promise keeps the socket unread until it resolves. */
  room(): Promise<void> | undefined;
  /** Called when there is no room and reading stops. */
  onPause(): void;
  silence: SilenceWatch;
  maxEventBytes: number;
  /** Ends a pause. */
  signal: AbortSignal;
}

/**
 * The body of the stream as `EventSource` reads it: it asks for one chunk after the other and has
 * handed out all events of a chunk before it asks again. Nothing is read ahead here, so as long as
 * there is no room the socket stays unread, its window closes and the platform's writes block.
 *
 * @returns a reader whose `read` rejects with what the body fails with, or a {@link NoRoomError}.
 */
export function gatedReader(
  chunks: AsyncIterator<Buffer>,
  options: GatedReaderOptions,
): ReaderLike {
  const { silence, signal } = options;
  const lineEnds = createLineEnds();
  const filter = createEventFilter(options.maxEventBytes);

  const waitForRoom = async () => {
    try {
      const room = options.room();
      if (room === undefined) return;
      silence.paused();
      options.onPause();
      await untilAborted(room, signal);
    } catch (error) {
      throw new NoRoomError(error instanceof Error ? error.message : String(error));
    }
  };

  return {
    async read() {
      while (true) {
        await waitForRoom();
        silence.reading();
        const { done, value } = await chunks.next();
        if (done) return { done: true };
        const { bytes, alive } = filter(lineEnds(value));
        if (alive) silence.alive();
        // Never an empty chunk: there is nothing in it to ask for room about.
        if (bytes.length > 0) return { done: false, value: bytes };
      }
    },
    async cancel() {},
  };
}

/** The promise, or a rejection as soon as the signal is aborted, whichever comes first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
