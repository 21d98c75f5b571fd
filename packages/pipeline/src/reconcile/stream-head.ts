/** How far the platform's stream reaches, by its own clock. */
import { type EventId, openLiveStream } from '@xsoar-intel/opencti';
import { ListingError } from './errors.ts';
import type { RunState } from './run-store.ts';
import { FAILURES_MAX, type StreamAccess } from './walk-stream.ts';

/**
 * The newest event of the whole platform at this moment, as it says when a stream is opened; null
 * where it says none (0-0), since nothing was written yet.
 * @throws ListingError where the stream cannot be opened
 */
export function readStreamHead(access: StreamAccess, signal: AbortSignal): Promise<EventId | null> {
  let failures = 0;
  const told = Promise.withResolvers<EventId | null>();
  const fail = (reason: string): void => told.reject(new ListingError('OpenCTI', reason));
  const stop = (): void => told.reject(signal.reason);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const stream = openLiveStream({
    ...access,
    listenDelete: false,
    // Only what comes from now on, of which nothing is read.
    position: async () => ({ from: '' }),
    onMessage(message) {
      if (message.kind !== 'connected') return;
      const { lastEventId } = message;
      told.resolve(lastEventId === null || lastEventId.ms === 0 ? null : lastEventId);
    },
    onState({ state, reason }) {
      if (state === 'waiting') failures += 1;
      if (state === 'unauthorized' || state === 'stopped') fail(reason);
      else if (failures >= FAILURES_MAX) fail(`it did not answer ${failures} times: ${reason}`);
    },
    room: () => undefined,
  });
  return told.promise.finally(async () => {
    signal.removeEventListener('abort', stop);
    await stream.close();
  });
}

/**
 * Until when a listing that begins now reads. What changed just now is not compared: its delivery,
 * and XSOAR's index, take a while. And nothing beyond the newest event of the platform: with our own
 * clock ahead of it, what is created there after the listing would seem older than the listing, and
 * not listed.
 */
export async function readBounds({
  stream,
  settleMs,
  signal,
  now,
}: {
  stream: StreamAccess;
  settleMs: number;
  signal: AbortSignal;
  now(): number;
}): Promise<Pick<RunState, 'recoverMs' | 'head'>> {
  const head = await readStreamHead(stream, signal);
  const settledMs = now() - settleMs;
  return {
    recoverMs: head === null ? settledMs : Math.min(settledMs, head.ms),
    head: head?.text ?? null,
  };
}
