import type { ServerResponse } from 'node:http';
import { machineMs } from '../machine-clock.ts';
import { compareIds, type EventId, formatId, parseId } from './event-id.ts';
import type { WrittenEvent } from './fake.ts';
import { createFrameWriter } from './frames.ts';
import type { LogEntry } from './log.ts';
import { createOutbox } from './outbox.ts';
import type { Platform } from './platform.ts';
import type { StreamRequest } from './request.ts';
import type { Settings } from './settings.ts';
import type { Row } from './table.ts';

/**
 * One client of the live stream.
 *
 * States:
 *   recovering → live     all objects of the recovery went out, or none was asked for
 *   any        → broken   an `error` event: heartbeats go on with a frozen id, nothing else comes
 *   any        → ended    the client left, the stream was stopped, or the test cut it
 * There is no way back; a client reconnects.
 */
export type ConnectionState = 'recovering' | 'live' | 'broken' | 'ended';

/** What a test may look at. */
export interface ConnectionStats {
  id: string;
  state: ConnectionState;
  /** Events that carry an object: main events, dependencies, recovered ones. */
  written: number;
  dependencies: number;
  recovered: number;
  heartbeats: number;
  /** Epoch ms since when the client has not read what was sent; null when it reads. */
  blockedSince: number | null;
  /** Bytes that wait in the server because the client does not read. */
  bufferedBytes: number;
  lastId: string | null;
  request: StreamRequest;
}

export interface ConnectionOptions {
  id: string;
  streamId: string;
  platform: Platform;
  settings: Settings;
  request: StreamRequest;
  response: ServerResponse;
  now: () => number;
  heartbeatMs: number;
  /** How long the server waits for new entries before it takes its own clock for the last id. */
  blockMs: number;
  consumerMetrics: boolean;
  backPressure: boolean;
  sentLimit: number;
  sentLifeMs: number;
  /** Told of each event as it goes to the socket. */
  onWritten?: (event: WrittenEvent) => void;
}

export interface Connection {
  stats(): ConnectionStats;
  /** Serves the client; resolves when the connection has ended. */
  run(recovery: { fromMs: number; untilMs: number } | null): Promise<void>;
  /** Ends: a clean end of the body, or a reset of the connection. */
  end(how: 'clean' | 'reset'): void;
  /** Writes an `error` event; nothing but heartbeats comes after it. */
  breakWith(message: string): void;
  /** Sends the last `count` entries again, as the platform does when a batch failed. */
  resend(count: number): void;
}

/** Entries that the platform reads from Redis at once. */
const batchSize = 100;

function writtenEvent(entry: LogEntry, atMs: number): WrittenEvent {
  return {
    entityId: entry.entityId,
    values: entry.expects?.values.map(({ value }) => value) ?? [],
    atMs,
    // The frame ends in an empty line, which is not part of the data.
    eventBytes: entry.end - entry.dataStart - 'data: '.length - 2,
    objectBytes: entry.objectEnd - entry.objectStart,
  };
}

export function createConnection(options: ConnectionOptions): Connection {
  const { platform, settings, request, response, now } = options;
  const { log, table } = platform;
  const over = new AbortController();
  const frames = createFrameWriter(response, {
    now,
    backPressure: options.backPressure,
    splitBytes: () => settings.splitBytes,
  });
  const { onWritten } = options;
  const gathered: LogEntry[] = [];
  const outbox = createOutbox({
    ...options,
    frames,
    ...(onWritten === undefined ? {} : { onEntry: (entry) => gathered.push(entry) }),
  });
  let state: ConnectionState = 'recovering';
  let lastId: string | null = request.start?.position ?? null;
  let resendCount = 0;
  let heartbeats = 0;

  const working = (): boolean => state === 'recovering' || state === 'live';

  /** Sends what is gathered; waits while the client does not read or the test holds the line. */
  const pass = async (): Promise<void> => {
    await settings.stall.pass(over.signal);
    lastId = outbox.lastId ?? lastId;
    if (onWritten !== undefined && gathered.length > 0) {
      const atMs = machineMs();
      for (const entry of gathered.splice(0)) onWritten(writtenEvent(entry, atMs));
    }
    await frames.flush();
  };

  const send = async (prepared: { dependencies: number; main: () => void }): Promise<void> => {
    if (prepared.dependencies > 0 && settings.pauseBeforeMain.isShut) {
      await pass();
      await settings.pauseBeforeMain.pass(over.signal);
    }
    if (!working()) return;
    prepared.main();
    if (frames.full) await pass();
  };

  const live = async (position: EventId | null): Promise<void> => {
    // Ids at or below this are not read again, even where a wiped stream starts anew below it.
    let floor = position;
    // Without a position only what comes after the connection counts.
    let number = position ? log.after(position) : log.next;
    while (working()) {
      if (resendCount > 0) {
        number = Math.max(log.first, number - resendCount);
        floor = log.at(number - 1)?.id ?? null;
        resendCount = 0;
      }
      // Trimmed in the meantime: the platform jumps without a word.
      number = Math.max(log.first, number);
      if (number >= log.next) {
        const ended = await log.wait(number, options.blockMs, over.signal);
        if (ended === 'timeout' && working()) lastId = formatId({ ms: Math.floor(now()), seq: 0 });
        continue;
      }
      const end = Math.min(log.next, number + batchSize);
      for (; number < end && working(); number += 1) {
        const entry = log.at(number);
        if (!entry || (floor && compareIds(entry.id, floor) <= 0)) continue;
        const prepared = outbox.prepare(entry);
        if (!prepared) continue;
        if (prepared.dependencies === 0 && !frames.full) prepared.main();
        else await send(prepared);
      }
      const last = log.at(number - 1)?.id;
      await pass();
      if (!last || !working() || (floor && compareIds(last, floor) <= 0)) continue;
      floor = last;
      lastId = formatId(last);
    }
  };

  /** Rows behind a place in the order of change, as they are at this moment. */
  const rowsBehind = (place: { ms: number; entityId: string }, untilMs: number): Row[] =>
    [...table.rows()]
      .filter(
        (row) =>
          (row.updatedAtMs > place.ms ||
            (row.updatedAtMs === place.ms && row.entityId > place.entityId)) &&
          row.updatedAtMs <= untilMs &&
          (request.withInferences || !row.inferred) &&
          platform.rowMatches(row),
      )
      .sort((a, b) => a.updatedAtMs - b.updatedAtMs || (a.entityId < b.entityId ? -1 : 1));

  /**
   * The platform reads its database page by page: what changes meanwhile moves behind, what is
   * deleted is not sent, and what comes to be within the bounds is.
   */
  const recover = async (fromMs: number, untilMs: number): Promise<void> => {
    let place = { ms: fromMs, entityId: '' };
    for (;;) {
      const rows = rowsBehind(place, untilMs);
      if (rows.length === 0) break;
      for (const row of rows) {
        if (!working()) return;
        place = { ms: row.updatedAtMs, entityId: row.entityId };
        const now = table.get(row.entityId);
        if (now === undefined || now.updatedAtMs !== row.updatedAtMs) continue;
        const prepared = platform.rowMatches(now) ? outbox.prepareRow(now) : null;
        if (prepared) await send(prepared);
      }
    }
    await pass();
  };

  const beat = (): void => {
    // The real server fails on an id without a date; nothing is sent then.
    const ms = lastId === null ? undefined : parseId(lastId)?.ms;
    if (ms === undefined || state === 'ended' || settings.stall.isShut || frames.busy) return;
    if (response.writableLength === 0) {
      response.write(`id: ${lastId}\nevent: heartbeat\ndata: "${new Date(ms).toISOString()}"\n\n`);
      heartbeats += 1;
    }
    if (!options.consumerMetrics) return;
    // Written even to a client that does not read, as on the platform.
    const rates = { deliveryRate: 0, processingRate: 0, resolutionRate: 0, productionRate: 0 };
    const timeLag = Math.max(0, Math.floor((platform.bounds().last.ms - ms) / 1000));
    const metrics = JSON.stringify({ ...rates, timeLag, estimatedOutOfDepth: 0 });
    response.write(`id: ${lastId}\nevent: consumer_metrics\ndata: ${metrics}\n\n`);
  };

  return {
    stats: () => ({
      id: options.id,
      state,
      ...outbox.counts,
      heartbeats,
      blockedSince: frames.blockedSince,
      bufferedBytes: frames.buffered,
      lastId,
      request,
    }),
    async run(recovery) {
      const heartbeat = setInterval(beat, options.heartbeatMs);
      const closed = new Promise<void>((resolve) => {
        response.once('close', () => {
          state = 'ended';
          over.abort();
          resolve();
        });
      });
      const startId = request.start ? parseId(request.start.position) : null;
      // A position that is no id fails in the platform's database for ever: open and silent.
      const silent = request.start !== null && startId === null && !recovery;
      try {
        if (recovery) await recover(recovery.fromMs, recovery.untilMs);
        if (working() && !silent) {
          state = 'live';
          await live(recovery ? { ms: recovery.untilMs, seq: 0 } : startId);
        }
        await closed;
      } finally {
        clearInterval(heartbeat);
      }
    },
    end(how) {
      if (state === 'ended') return;
      state = 'ended';
      over.abort();
      if (how === 'reset') response.socket?.resetAndDestroy();
      else response.end();
    },
    breakWith(message) {
      if (!working()) return;
      state = 'broken';
      frames.now(
        `event: error\ndata: ${JSON.stringify({ stream: options.streamId, message })}\n\n`,
      );
      log.wake();
    },
    resend(count) {
      resendCount = count;
      log.wake();
    },
  };
}
