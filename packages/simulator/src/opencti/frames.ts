import type { ServerResponse } from 'node:http';

/** Frames gathered before a write; the platform writes one by one, the bytes are the same. */
const gatherBytes = 64 * 1024;

/**
 * Writes frames to one client and stops when the client does not read: after a full
 * buffer nothing is written until `drain`, as OpenCTI does since early 2026.
 */
export interface FrameWriter {
  /** Bytes that lie in a block of the log already. */
  view(block: Buffer, start: number, end: number): void;
  text(text: string): void;
  /** True when enough is gathered to be worth a write. */
  readonly full: boolean;
  /** Undefined when all went out; else a promise that the socket has room again (or is gone). */
  flush(): Promise<void> | undefined;
  /** Writes a whole frame at once, past what is gathered, but never into the middle of a frame. */
  now(text: string): void;
  /** True while a write is being cut into pieces. */
  readonly busy: boolean;
  /** Epoch ms since when the client has not read; null when it reads. */
  readonly blockedSince: number | null;
  /** Bytes that wait in the server for this client. */
  readonly buffered: number;
}

export interface FrameWriterOptions {
  now: () => number;
  /** False: write on without looking, as platforms before 2026 (memory grows without bound). */
  backPressure: boolean;
  /** Above 0: every write is cut into pieces of so many bytes, in the middle of UTF-8 too. */
  splitBytes(): number;
}

export function createFrameWriter(
  response: ServerResponse,
  options: FrameWriterOptions,
): FrameWriter {
  let pieces: { block: Buffer; start: number; end: number }[] = [];
  let size = 0;
  let blockedSince: number | null = null;

  const drained = async (): Promise<void> => {
    blockedSince ??= options.now();
    await new Promise<void>((resolve) => {
      const done = (): void => {
        response.off('drain', done);
        response.off('close', done);
        resolve();
      };
      response.once('drain', done);
      response.once('close', done);
    });
    blockedSince = null;
  };

  let busy = false;
  const late: string[] = [];
  const split = async (bytes: Buffer, by: number): Promise<void> => {
    busy = true;
    for (let at = 0; at < bytes.length && !response.destroyed; at += by) {
      if (!response.write(bytes.subarray(at, at + by)) && options.backPressure) await drained();
      else await new Promise((resolve) => setImmediate(resolve));
    }
    busy = false;
    for (const text of late.splice(0)) response.write(text);
  };

  return {
    view(block, start, end) {
      const last = pieces.at(-1);
      // Events that follow each other in the log go out as one piece.
      if (last && last.block === block && last.end === start) last.end = end;
      else pieces.push({ block, start, end });
      size += end - start;
    },
    text(text) {
      const block = Buffer.from(text);
      pieces.push({ block, start: 0, end: block.length });
      size += block.length;
    },
    get full() {
      return size >= gatherBytes;
    },
    flush() {
      if (size === 0 || response.destroyed) {
        pieces = [];
        size = 0;
        return undefined;
      }
      const views = pieces.map(({ block, start, end }) => block.subarray(start, end));
      const [only] = views;
      const bytes = views.length === 1 && only ? only : Buffer.concat(views);
      pieces = [];
      size = 0;
      const by = options.splitBytes();
      if (by > 0) return split(bytes, by);
      if (response.write(bytes) || !options.backPressure) return undefined;
      return drained();
    },
    now(text) {
      if (busy) late.push(text);
      else response.write(text);
    },
    get busy() {
      return busy;
    },
    get blockedSince() {
      return blockedSince;
    },
    get buffered() {
      return response.writableLength;
    },
  };
}
