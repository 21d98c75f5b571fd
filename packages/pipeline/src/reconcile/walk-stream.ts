/**
 * Lists the current set of a live stream: a catch-up from the beginning of time, through our own
 * stream client. OpenCTI applies the stream's filter and the user's rights itself, sends each
 * object once in the order of its last change, and can go on from any event id, inclusive. What
 * changes meanwhile moves behind the end of the catch-up and is left to live deliveries.
 *
 *   listing ──an id behind the date of the catch-up──▶ complete
 *   listing ──connection lost──▶ listing, from the last id that was taken
 *   listing ──refused, stopped, no catch-up on this stream, or lost again and again──▶ failed
 */
import {
  compareEventIds,
  type EventId,
  type LiveStreamOptions,
  openLiveStream,
  parseEventId,
  type StixObject,
  type StreamMessage,
} from '@xsoar-intel/opencti';
import { relevanceOf } from '../event/relevance.ts';
import { ListingError } from './errors.ts';

/** How the stream is opened: as the ingest does it. */
export type StreamAccess = Omit<
  LiveStreamOptions,
  'position' | 'onMessage' | 'onState' | 'room' | 'listenDelete'
>;

/** Some of the current set. */
export interface StreamPage {
  objects: StixObject[];
  /** Events that could not be read. */
  unreadable: number;
  /** Event id to go on from. */
  lastId: string;
}

/** Failed attempts in a row, at one place, before the listing is given up. */
export const FAILURES_MAX = 5;
/** Objects that wait here before the socket is left alone. */
const ROOM = 400;

/**
 * Walks; throws a {@link ListingError} where the end was not reached.
 * @param from event id to go on from, inclusive
 * @param recoverMs until when it lists, ms since 1970 by the platform's clock
 */
export async function* walkStream(
  access: StreamAccess,
  from: string,
  recoverMs: number,
  pageSize: number,
  signal: AbortSignal,
): AsyncGenerator<StreamPage> {
  let waiting: { object: StixObject; id: string }[] = [];
  let unreadable = 0;
  let lastId = from;
  let place = parseEventId(from);
  let complete = false;
  let failure: Error | null = null;
  let failures = 0;
  let wake = (): void => {};
  let makeRoom = (): void => {};
  const fail = (message: string): void => {
    failure ??= new ListingError('OpenCTI', message);
    wake();
  };
  const options = { listenDelete: false, recovering: true, eventTypes: [] };

  /** Only an object that was not reached before ends a row of failures: each attempt connects. */
  function reached(id: EventId): void {
    if (place === null || compareEventIds(id, place) > 0) {
      place = id;
      failures = 0;
    }
    lastId = id.text;
  }

  function take(message: StreamMessage): void {
    if (complete) return;
    if (message.kind === 'no-recover') {
      fail(`this stream does not catch up, so its set cannot be listed: ${message.message}`);
    } else if (message.kind === 'rejected') {
      unreadable += 1;
    } else if (message.kind === 'heartbeat') {
      complete = message.id.ms > recoverMs;
    } else if (message.kind === 'entity') {
      if (!message.recovered && !message.dependency) complete = message.id.ms > recoverMs;
      // A dependency has the id of its main event, which is still to come.
      if (complete) {
        wake();
        return;
      }
      if (message.recovered) reached(message.id);
      if (relevanceOf(message, options).outcome === 'queued') {
        waiting.push({ object: message.data, id: lastId });
      }
    }
    if (complete || waiting.length >= pageSize) wake();
  }

  const stream = openLiveStream({
    ...access,
    listenDelete: false,
    position: async () => ({ from: lastId, recover: new Date(recoverMs).toISOString() }),
    onMessage: take,
    onState({ state, reason }) {
      if (state === 'waiting') failures += 1;
      if (state === 'unauthorized' || state === 'stopped') fail(reason);
      else if (failures >= FAILURES_MAX) fail(`the listing broke off ${failures} times: ${reason}`);
    },
    room: () =>
      waiting.length < ROOM
        ? undefined
        : new Promise<void>((resolve) => {
            makeRoom = resolve;
          }),
  });
  const stop = (): void => wake();
  signal.addEventListener('abort', stop);
  try {
    for (;;) {
      if (signal.aborted) return;
      if (failure !== null) throw failure;
      if (waiting.length >= pageSize || complete) {
        const taken = waiting.splice(0, pageSize);
        const page = {
          objects: taken.map(({ object }) => object),
          unreadable,
          // Not past what still waits here.
          lastId: taken.at(-1)?.id ?? from,
        };
        unreadable = 0;
        if (waiting.length < ROOM) makeRoom();
        if (page.objects.length > 0 || page.unreadable > 0) yield page;
        if (complete && waiting.length === 0) return;
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (waiting.length >= pageSize || complete || failure !== null || signal.aborted) resolve();
      });
    }
  } finally {
    signal.removeEventListener('abort', stop);
    makeRoom();
    await stream.close();
    waiting = [];
  }
}
