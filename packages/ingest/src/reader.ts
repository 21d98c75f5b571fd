/**
 * The reading part of the active ingest: decides before each connection where to
 * begin, looks at what each connection tells, and moves the cursor where reading
 * must go on elsewhere.
 *
 *   connecting ──▶ live ──the stream no longer has what comes after the cursor──▶ catching up
 *                   ▲                                                              │ past its date
 *                   └───────────── reads the border again ◀────────────────────────┘
 *   any ──"Reset state" in OpenCTI──▶ connecting, as configured for a first start
 */
import {
  type ConnectedMessage,
  compareEventIds,
  type EventId,
  type LiveStream,
  type LiveStreamOptions,
  OpenctiError,
  type OpenctiErrorKind,
  openLiveStream,
  PositionUnknownError,
  parseEventId,
  type StreamMessage,
  type StreamState,
  type StreamStateChange,
} from '@xsoar-intel/opencti';
import {
  type Cursor,
  type CursorStore,
  formatCursor,
  type Keys,
  parseCursor,
  type Redis,
  readStreamStatus,
  type ShownStreamState,
  type StreamStatus,
  writeStreamStatus,
} from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import { watchCatchUp } from './catch-up.ts';
import {
  type Begin,
  BORDER_MARGIN_MS,
  borderOf,
  gapOf,
  type Known,
  type Reach,
  reachable,
} from './gap.ts';
import { noteGap } from './gap-words.ts';
import type { IngestMetrics } from './metrics.ts';
import { watchOvertaking } from './overtaking.ts';
import { type FirstStart, startPosition } from './start-position.ts';
import { isTakenOver, noteTakenOver } from './take-over.ts';
import type { StreamWriter } from './writer.ts';

/** What a reader works with. */
export interface ReaderParts {
  redis: Redis;
  keys: Keys;
  cursor: CursorStore;
  writer: StreamWriter;
  /** How the stream is opened. */
  stream: Omit<LiveStreamOptions, 'position' | 'onMessage' | 'onState' | 'room'>;
  first: FirstStart;
  /** Has OpenCTI asked for the state of an earlier connector; rejects when it cannot be. */
  inherit(): Promise<void>;
  /** Why nothing is read for now; null when it is. */
  heldBack(): string | null;
  /** Name of the stream in OpenCTI; null while it is not known. */
  streamName(): string | null;
  /** See {@link PAUSE_MAX_MS}, which it is where not set. */
  pauseMaxMs?: number;
  /** Name of this process. */
  leader: string;
  logger: Logger;
  metrics: IngestMetrics;
}

/** The running reader. */
export interface StreamReader {
  /** The last change of state; null before the first. */
  readonly change: StreamStateChange | null;
  reconnect(reason: string): void;
  /** OpenCTI was asked which event is its oldest now. */
  oldest(id: EventId): void;
  /** The writer saw the end of the catch-up. */
  caughtUp(): void;
  /** Begins anew as configured. Returns false when the cursor is no longer ours. */
  startAnew(): Promise<boolean>;
  close(): Promise<void>;
}

/** Failures that are an answer: asking again tells nothing new. */
const REFUSALS = new Set<OpenctiErrorKind>([
  'forbidden',
  'not-found',
  'schema',
  'refused',
  'bad-answer',
]);
/** Answers of that kind, after which the start is as configured. */
const REFUSALS_MAX = 5;
/** Between two tellings of the status, and how many of them make a line of progress. */
const STATUS_MS = 5_000;
const PROGRESS_EVERY = 6;

/**
 * After a longer time without room, in ms, the connection is not read on: OpenCTI's stream may have
 * been trimmed past its place meanwhile, which only a new connection tells.
 */
export const PAUSE_MAX_MS = 60_000;

/** Opens the stream and follows it until closed. */
export function openReader(parts: ReaderParts): StreamReader {
  const { redis, keys, cursor, writer, logger, metrics } = parts;
  const { pauseMaxMs = PAUSE_MAX_MS } = parts;
  const catchUp = watchCatchUp(Date.now);
  const overtaking = watchOvertaking();
  let begin: Begin | null = null;
  let newestAtBegin: EventId | null = null;
  let newest: EventId | null = null;
  let savedNewest: string | null = null;
  let coveredUntilMs = 0;
  let refusals = 0;
  let change: StreamStateChange | null = null;
  let ticks = 0;
  let closed = false;
  const onRedisError = (error: unknown): void => {
    logger.warn({ err: error }, 'Redis refused what is said of the stream');
  };

  /** Asked before each connection: the stored cursor decides, whoever wrote it. */
  async function position() {
    let stored = await cursor.read();
    if (stored !== '') {
      await noteTakenOver(parts, 'there was a cursor');
    } else if (!(await isTakenOver(parts))) {
      await inherit();
      stored = await cursor.read();
    }
    const start = startPosition(stored, parts.first, Date.now());
    await writer.restart(stored, start.recover);
    // Closed meanwhile: another may read by now, whose numbers ours must not contradict.
    if (!closed) metrics.stream.from(parseCursor(stored)?.id.ms ?? null);
    newest ??= parseEventId((await redis.get(keys.newest)) ?? '');
    const id = parseEventId(start.from);
    begin = id && { id, recoverUntil: start.recover };
    catchUp.begin(start.recover);
    logger.info({ from: start.from, recover: start.recover }, 'reading the stream');
    if (start.recover !== null) {
      logger.info(
        { until: start.recover },
        'OpenCTI catches up from its database: deletes are not part of that, "xsoar-intel reconcile" finds them',
      );
    }
    return { from: start.from, ...(start.recover === null ? {} : { recover: start.recover }) };
  }

  /** The first start must not miss a state that another connector left in OpenCTI. */
  async function inherit(): Promise<void> {
    try {
      await parts.inherit();
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      const kind = error instanceof OpenctiError ? error.kind : 'network';
      if (REFUSALS.has(kind)) refusals += 1;
      if (refusals < REFUSALS_MAX) {
        const state = kind === 'unauthorized' ? 'unauthorized' : 'waiting';
        throw new PositionUnknownError(
          `before the first start OpenCTI is asked what an earlier connector left: ${words}`,
          state,
        );
      }
      logger.error(
        { reason: words },
        'OpenCTI refuses to tell what an earlier connector left (does the user have the capability "Connectors API usage"?); starting as configured',
      );
      await noteTakenOver(parts, 'refused');
    }
  }

  /** Moves the cursor elsewhere and reads from there. */
  async function readFrom(next: string, reason: string): Promise<boolean> {
    try {
      return await writer.jump(next);
    } catch (error) {
      onRedisError(error);
      return false;
    } finally {
      // If the cursor was not ours any more, the stored one decides.
      stream.reconnect(reason);
    }
  }

  /** The date of a catch-up comes from our clock, or from somebody: OpenCTI's clock may be behind it. */
  function keepToClock({ answeredAt, lastEventId }: ConnectedMessage): void {
    newestAtBegin = lastEventId;
    if (begin === null || begin.recoverUntil === null) return;
    const asked = begin.recoverUntil;
    const until = reachable(asked, answeredAt);
    if (until === asked) return;
    begin = { ...begin, recoverUntil: until };
    writer.catchUpUntil(until);
    catchUp.begin(until);
    if (Date.parse(asked) - Date.parse(until) <= BORDER_MARGIN_MS) return;
    logger.warn(
      { recover: asked, until },
      'the date to catch up until lies ahead of the clock of OpenCTI: catching up until its present; are the clocks right?',
    );
  }

  function lookForGap(reach: Reach): void {
    if (begin === null) return;
    const { first } = parts;
    const mayRecover = first.recoverUntil !== null;
    const known: Known = { newest, coveredUntilMs, mayRecover, now: Date.now() };
    const gap = gapOf(begin, reach, known);
    if (gap === null) return;
    metrics.gaps.inc();
    overtaking.forget();
    noteGap(logger, gap, begin, reach, mayRecover);
    if (gap.kind === 'rewound') newest = reach.lastEventId;
    if (gap.kind === 'emptied') {
      // Known now: the next connection, after the catch-up, finds it as empty and no gap any more.
      newest = null;
      savedNewest = null;
      redis.del(keys.newest).catch(onRedisError);
    }
    if (gap.next !== null)
      void readFrom(formatCursor(gap.next), `a gap in the stream: ${gap.kind}`);
  }

  function onMessage(message: StreamMessage): void {
    if (message.kind === 'connected') {
      keepToClock(message);
      lookForGap(message);
    }
    if (message.kind === 'no-recover') {
      logger.warn(
        { said: message.message, from: message.resumeFrom?.text },
        'OpenCTI does not catch up on this stream (it has origin filters): what was before is missed, only new events follow',
      );
      catchUp.begin(null);
      tellState();
    }
    if (message.kind === 'entity' && message.recovered && !message.dependency) {
      catchUp.object(message.id.ms);
    } else if (message.kind === 'entity' && !message.dependency) {
      if (newest === null || compareEventIds(message.id, newest) > 0) newest = message.id;
    }
    writer.accept(message);
    // The live part that follows begins at the date, be it ahead of OpenCTI's clock or not.
    if (message.kind === 'no-recover' && begin !== null) {
      void readFrom(formatCursor(leaveCatchUp(begin)), 'no catch-up');
    }
  }

  /** Notes what a catch-up covered; returns where reading goes on. */
  function leaveCatchUp(left: Begin): Cursor {
    coveredUntilMs = Date.parse(left.recoverUntil ?? '') || 0;
    return borderOf(left, newestAtBegin);
  }

  function room(): Promise<void> | undefined {
    const shut = writer.room();
    if (shut === undefined) return undefined;
    const since = performance.now();
    return shut.then(() => {
      // A catch-up comes from the database, and ends with a new connection anyway.
      if (begin?.recoverUntil != null || performance.now() - since < pauseMaxMs) return;
      stream.reconnect('nothing was read for long');
    });
  }

  const shown = (state: StreamState): ShownStreamState =>
    state === 'live' && catchUp.progress !== null ? 'catching-up' : state;

  function status(): StreamStatus | null {
    if (change === null) return null;
    const { state, since, reason, retryInMs = null } = change;
    return {
      ...{ state: shown(state), since, reason, retryInMs },
      ...{ leader: parts.leader, at: Date.now(), name: parts.streamName() },
      ...{ heldBack: parts.heldBack(), catchUp: catchUp.progress },
    };
  }

  async function saveStatus(): Promise<void> {
    // Another may read by now; its word counts.
    if (closed && (await readStreamStatus(redis, keys))?.leader !== parts.leader) return;
    const now = status();
    if (now !== null) await writeStreamStatus(redis, keys, now);
    // Null before the first connection: what a former ingest saw must not be forgotten.
    const seen = newest;
    if (seen === null || seen.text === savedNewest) return;
    await redis.set(keys.newest, seen.text);
    savedNewest = seen.text;
  }

  function tellState(): void {
    if (change !== null) metrics.state(shown(change.state));
    saveStatus().catch(onRedisError);
  }

  function onState(next: StreamStateChange): void {
    change = next;
    if (next.retryInMs !== undefined) metrics.failures.inc();
    tellState();
    const { state, reason, status: httpStatus, retryInMs } = next;
    const entry = { state: shown(state), status: httpStatus, retryInMs };
    if (state === 'live' || state === 'connecting' || state === 'closed') {
      logger.info(entry, `stream: ${reason}`);
    } else {
      logger.warn(entry, `stream: ${reason}`);
    }
  }

  const stream: LiveStream = openLiveStream({
    ...parts.stream,
    position,
    room,
    onMessage,
    onState,
  });

  const timer = setInterval(() => {
    const { progress } = catchUp;
    metrics.catchUp(progress);
    saveStatus().catch(onRedisError);
    ticks += 1;
    if (progress !== null && ticks % PROGRESS_EVERY === 0) {
      const at = progress.positionMs === null ? null : new Date(progress.positionMs).toISOString();
      const { until, objects, perSecond, leftMs } = progress;
      logger.info({ at, until, objects, perSecond, leftMs }, 'catching up');
    }
  }, STATUS_MS);

  return {
    get change() {
      return change;
    },
    reconnect: (reason) => stream.reconnect(reason),
    oldest(id) {
      const place = overtaking.look(parseCursor(writer.stored), id);
      if (place === null) return;
      const reason = 'the stream was trimmed up to beyond the place of a minute ago';
      void readFrom(formatCursor({ id: place, recoverUntil: null }), reason);
    },
    caughtUp() {
      if (begin === null) return;
      const { progress } = catchUp;
      const border = leaveCatchUp(begin);
      logger.info(
        { until: begin.recoverUntil, objects: progress?.objects, from: border.id.text },
        'caught up; reading on from a little before',
      );
      catchUp.begin(null);
      metrics.catchUp(null);
      void writer.flush().then(() => readFrom(formatCursor(border), 'caught up'));
    },
    startAnew() {
      overtaking.forget();
      return readFrom('', 'beginning anew');
    },
    async close() {
      closed = true;
      clearInterval(timer);
      await stream.close();
      // Waited for: without the newest event the next start takes an emptied stream for a new one.
      await saveStatus().catch(onRedisError);
    },
  };
}
