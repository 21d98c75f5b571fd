/**
 * Writes the stream into Redis, in the order that loses nothing (law L1):
 * slots, then jobs, then the cursor.
 *
 *   buffer ──take a batch──▶ slots + rejections + authors ──▶ jobs ──▶ cursor (in the order of batches)
 *
 * Batches grow by themselves: while one is on its way the next one fills, so a
 * quiet stream is written event by event and a busy one in hundreds. Two
 * batches are on their way at most; the cursor of the second waits for that of
 * the first. Whatever Redis refuses (it is away, out of memory, loading) is
 * tried again until it works, and meanwhile the full buffer stops the socket.
 */
import type { EventId, StreamMessage } from '@xsoar-intel/opencti';
import {
  type AuthorNames,
  addDeliveries,
  backoffMs,
  type Cursor,
  type CursorStore,
  createAuthorNames,
  type Debounce,
  type DeliveryQueue,
  formatCursor,
  type Keys,
  newestOf,
  type PositionTracker,
  type Put,
  parseCursor,
  type Redis,
  type Rejection,
  type RelevanceOptions,
  recordRejections,
  relevanceOf,
  type Slots,
  type StoredCursor,
  trackPosition,
} from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import type { EventTracing } from './event-tracing.ts';

/** What the writer works with. */
export interface WriterParts {
  redis: Redis;
  keys: Keys;
  slots: Slots;
  queue: DeliveryQueue;
  cursor: CursorStore;
  logger: Logger;
  relevance: Omit<RelevanceOptions, 'recovering'>;
  /** How changes of one entity are gathered. */
  debounce: Debounce;
  /** Messages in one batch, at most. */
  batchSize: number;
  /** Whether new work may be read; see backpressure.ts. */
  gate: { room(): Promise<void> | undefined; pending(count: number): void };
  /** Redis holds another cursor than we wrote: everything in memory is void. */
  onFenced(stored: StoredCursor): void;
  /** The platform's catch-up is over, seen by the first id beyond it; nothing more is taken. */
  onCaughtUp?(): void;
  onMessage(message: StreamMessage, outcome: string): void;
  onCursor(cursor: Cursor): void;
  /** Follows events into Redis; not set: nobody does. */
  tracing?: EventTracing;
  random(): number;
}

/** The writer of one ingest process. */
export interface StreamWriter {
  /** The cursor in Redis, as written last. */
  readonly stored: StoredCursor;
  /** Takes a message. Synchronous: the stream pushes, `room` slows it down. */
  accept(message: StreamMessage): void;
  /** A promise when the socket should not be read. */
  room(): Promise<void> | undefined;
  /** Drops what is in memory and starts from a cursor again. Resolves when nothing is on its way. */
  restart(stored: StoredCursor, recoverUntil: string | null): Promise<void>;
  /** The catch-up that is under way goes until this ISO date, and no further. */
  catchUpUntil(date: string): void;
  /**
   * Drops what is in memory and puts the cursor elsewhere (`''`: nowhere), if Redis
   * still holds the one written last (law L9). Nothing is taken until `restart`.
   * Returns whether it was put there.
   */
  jump(next: StoredCursor): Promise<boolean>;
  /** Resolves when everything accepted is written, cursor included. */
  flush(): Promise<void>;
  stop(): void;
}

interface Batch {
  messages: StreamMessage[];
  position: EventId | null;
  recoverUntil: string | null;
}

/** Batches on their way to Redis: with two, ingest stood idle for a fifth of the time. */
const IN_FLIGHT = 4;
/** Text of events that waits for Redis, at most (one read of the socket may exceed it). */
const BUFFER_MAX_BYTES = 8 * 1024 * 1024;
const RETRY = { minMs: 200, maxMs: 5_000 };

/** Creates the writer; it writes nothing before the first message. */
export function createStreamWriter(parts: WriterParts): StreamWriter {
  let buffer: StreamMessage[] = [];
  let inFlight = 0;
  // What is on its way in an older epoch must not touch the cursor any more.
  let epoch = 0;
  let stopped = false;
  // What still comes from the connection is void: Redis told of another cursor, or
  // we are about to read from another place.
  let deaf = false;
  let stored: StoredCursor = '';
  let recoverUntil: string | null = null;
  let tracker: PositionTracker = trackPosition(null);
  let cursorChain: Promise<void> = Promise.resolve();
  let roomWaiters: (() => void)[] = [];
  let idleWaiters: (() => void)[] = [];

  const names = createAuthorNames(parts.redis, parts.keys);
  const capacity = parts.batchSize * 2;
  let bufferBytes = 0;
  const roomy = (): boolean =>
    stopped || (buffer.length < capacity && bufferBytes < BUFFER_MAX_BYTES);

  function wake(): void {
    if (roomy()) {
      for (const waiter of roomWaiters) waiter();
      roomWaiters = [];
    }
    if (inFlight === 0 && (buffer.length === 0 || stopped)) {
      for (const waiter of idleWaiters) waiter();
      idleWaiters = [];
    }
  }

  function pump(): void {
    while (!stopped && inFlight < IN_FLIGHT && buffer.length > 0) {
      const messages = buffer.splice(0, parts.batchSize);
      let taken = 0;
      for (const message of messages) {
        if (isBeyond(message, recoverUntil)) break;
        taken += 1;
        bufferBytes -= bytesOf(message);
        // During a catch-up the place is that of its last object; the clock of a heartbeat says
        // nothing of what was sent.
        if (recoverUntil === null || message.kind !== 'heartbeat') tracker.note(message);
        // The platform refused to catch up; asking again would be in vain.
        if (message.kind === 'no-recover') recoverUntil = null;
      }
      const beyond = taken < messages.length;
      if (beyond) {
        messages.length = taken;
        deaf = true;
        buffer = [];
        bufferBytes = 0;
      }
      inFlight += 1;
      const batch = { messages, position: tracker.safe, recoverUntil };
      void write(batch, epoch).finally(() => {
        inFlight -= 1;
        wake();
        pump();
      });
      // What came before it is on its way now, so that a flush waits for it.
      if (beyond) parts.onCaughtUp?.();
    }
  }

  async function write(batch: Batch, born: number): Promise<void> {
    const before = cursorChain;
    const current = (): boolean => born === epoch && !stopped;
    const written = insist(() => writeStates(parts, names, batch), current);
    cursorChain = (async () => {
      const ok = await written;
      await before;
      if (!ok || !current() || batch.position === null) return;
      const next = { id: batch.position, recoverUntil: batch.recoverUntil };
      await insist(() => moveCursor(next, born), current);
    })();
    await cursorChain;
  }

  async function moveCursor(next: Cursor, born: number): Promise<void> {
    const text = formatCursor(next);
    const move = await parts.cursor.move(stored, text);
    if (born !== epoch) return;
    parts.gate.pending(move.pending);
    if (move.moved) {
      stored = text;
      parts.onCursor(next);
      return;
    }
    epoch += 1;
    deaf = true;
    buffer = [];
    bufferBytes = 0;
    parts.onFenced(move.stored);
  }

  /** Runs an action until it works or is not wanted any more. Returns whether it worked. */
  async function insist(action: () => Promise<void>, wanted: () => boolean): Promise<boolean> {
    for (let failures = 0; wanted(); ) {
      try {
        await action();
        return true;
      } catch (error) {
        failures += 1;
        const delayMs = backoffMs(failures, RETRY, parts.random());
        parts.logger.warn(
          { failures, delayMs, err: error },
          'Redis refused a write; it is tried again and the stream waits',
        );
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
    }
    return false;
  }

  return {
    get stored() {
      return stored;
    },
    accept(message) {
      if (stopped || deaf) return;
      parts.tracing?.received(message);
      buffer.push(message);
      bufferBytes += bytesOf(message);
      pump();
    },
    room() {
      const gate = parts.gate.room();
      if (gate === undefined && roomy()) return undefined;
      return (async () => {
        for (let shut = gate; ; shut = parts.gate.room()) {
          if (shut !== undefined) await shut;
          else if (roomy()) return;
          else await new Promise<void>((resolve) => roomWaiters.push(resolve));
        }
      })();
    },
    async restart(from, until) {
      epoch += 1;
      buffer = [];
      bufferBytes = 0;
      await cursorChain;
      deaf = false;
      stored = from;
      recoverUntil = until;
      tracker = trackPosition(parseCursor(from)?.id ?? null);
      wake();
    },
    catchUpUntil(date) {
      recoverUntil = date;
    },
    async jump(next) {
      epoch += 1;
      deaf = true;
      buffer = [];
      bufferBytes = 0;
      await cursorChain;
      const { moved } = await parts.cursor.move(stored, next);
      if (moved) stored = next;
      return moved;
    },
    flush() {
      if (inFlight === 0 && buffer.length === 0) return Promise.resolve();
      return new Promise((resolve) => {
        idleWaiters.push(resolve);
      });
    },
    stop() {
      stopped = true;
      wake();
    },
  };
}

/** Size of an event's text; other messages are small. */
const bytesOf = (message: StreamMessage): number =>
  message.kind === 'entity' || message.kind === 'rejected' ? message.bytes : 0;

/** The first id beyond the date of a catch-up says that the platform is past it. */
function isBeyond(message: StreamMessage, recoverUntil: string | null): boolean {
  if (recoverUntil === null) return false;
  if (message.kind !== 'heartbeat' && message.kind !== 'entity') return false;
  return message.id.ms > Date.parse(recoverUntil);
}

/** Slots, set-aside input and author names, then jobs. Safe to repeat. */
async function writeStates(parts: WriterParts, names: AuthorNames, batch: Batch): Promise<void> {
  const puts: Put[] = [];
  const rejections: Rejection[] = [];
  const authors: [string, string][] = [];
  const outcomes: [StreamMessage, string][] = [];
  const relevant = { ...parts.relevance, recovering: batch.recoverUntil !== null };
  for (const message of batch.messages) {
    if (message.kind === 'entity') {
      const relevance = relevanceOf(message, relevant);
      puts.push(...(parts.tracing?.begin(message, relevance.puts) ?? relevance.puts));
      authors.push(...relevance.authors);
      outcomes.push([message, relevance.outcome]);
    } else if (message.kind === 'rejected') {
      const { id, name, reason, detail, bytes, excerpt } = message;
      rejections.push({ eventId: id?.text ?? '', name, reason, detail, bytes, excerpt });
      outcomes.push([message, 'rejected']);
    } else {
      outcomes.push([message, message.kind]);
    }
  }
  const states = newestOf(puts);
  const [results] = await Promise.all([
    states.length > 0 ? parts.slots.put(states, parts.debounce) : [],
    recordRejections(parts.redis, parts.keys, rejections),
    names.learn(authors),
  ]);
  const dirty = states.filter((_, index) => results[index] !== 'old');
  await addDeliveries(
    parts.queue,
    dirty.map(({ entityId }) => entityId),
  );
  for (const [message, outcome] of outcomes) parts.onMessage(message, outcome);
  parts.tracing?.written(batch.messages, states, results);
  for (const { reason, eventId, detail } of rejections) {
    parts.logger.warn({ reason, eventId }, `stream event set aside: ${detail}`);
  }
}
