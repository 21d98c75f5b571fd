import type { StreamMessage } from '../message.ts';
import type { BackoffLimits } from './backoff.ts';

/** Where to read from. */
export interface StreamPosition {
  /**
   * Id of the last event that is handled (`<ms>-<seq>`); the stream goes on behind it. Empty: only
   * events from now on.
   */
  from: string;
  /** Catch up from the platform's database until this date (ISO 8601). Needs `from`. */
  recover?: string;
}

/** Thrown by `position()` to say in which state the stream is meanwhile. */
export class PositionUnknownError extends Error {
  override readonly name = 'PositionUnknownError';
  readonly state: 'waiting' | 'unauthorized';

  constructor(message: string, state: 'waiting' | 'unauthorized') {
    super(message);
    this.state = state;
  }
}

/** How to follow a live stream. */
export interface LiveStreamOptions {
  /** Base URL of the platform; a base path is kept. */
  url: string;
  token: string;
  /** Id of the live stream collection. */
  streamId: string;
  sslVerify: boolean;
  /** Certificates in PEM, trusted besides the public ones. */
  ca?: string;
  /** Further request headers. Those that this client sets itself cannot be replaced. */
  headers?: Readonly<Record<string, string>>;
  listenDelete: boolean;
  noDependencies: boolean;
  withInferences: boolean;
  /**
   * Asked before every connection, also after each loss: the answer is the only source of the
   * position, so whoever stores the cursor decides. A rejection is a failed attempt; a
   * {@link PositionUnknownError} says its state too.
   */
  position(): Promise<StreamPosition>;
  /**
   * Called for each message, in order, one at a time. When it throws, the connection is dropped
   * and read again from the stored position after a backoff: the message was not handled, and
   * going on would let a cursor pass it.
   */
  onMessage(message: StreamMessage): void;
  /** Called on each change and each failed attempt. What it throws is lost. */
  onState(change: StreamStateChange): void;
  /**
   * Asked before each read of the socket. A promise means that there is no room: nothing is read
   * until it resolves. What was read already (at most 128 KiB) is still handed out.
   */
  room(): Promise<void> | undefined;
  /** Reconnect after so many milliseconds without anything of an event. 45,000. */
  silenceMs?: number;
  /**
   * Reconnect when heartbeats repeat one id for so many milliseconds: a connection that looks
   * alive and is not. 600,000, well above the longest resolution of one event.
   */
  frozenMs?: number;
  /** Longest JSON text of one event in bytes; longer ones are set aside. 4 MiB. */
  maxEventBytes?: number;
  /** Waits between attempts. 1,000 to 60,000 milliseconds. */
  backoff?: BackoffLimits;
  /** From 0 up to, not including, 1. `Math.random`. */
  random?: () => number;
  /** Epoch milliseconds. `Date.now`. */
  now?: () => number;
  userAgent?: string;
}

/**
 * What an operator is told about the stream; transitions are at the head of `live-stream.ts`.
 * - `connecting`: the first attempt, or a reconnect that we asked for;
 * - `live`: the platform answers with the stream;
 * - `waiting`: it does not (unreachable, failing, or the connection was lost), trying again;
 * - `unauthorized`: it refuses us, trying again;
 * - `stopped`: the stream is stopped in the platform, trying again;
 * - `closed`: ended by `close()`.
 */
export type StreamState = 'connecting' | 'live' | 'waiting' | 'unauthorized' | 'stopped' | 'closed';

/** One change of state, or one more failed attempt in the same state. */
export interface StreamStateChange {
  state: StreamState;
  /** Epoch milliseconds at which this state began; repeated attempts do not move it. */
  since: number;
  /** One line of words for the operator. Never holds the token. */
  reason: string;
  /** HTTP status, where one was received. */
  status?: number;
  /** Milliseconds until the next attempt, where one is planned. */
  retryInMs?: number;
}

/** A live stream that is being followed until it is closed. */
export interface LiveStream {
  readonly state: StreamState;
  /**
   * Drops the connection and connects anew from `position()`: at once if anything was read since
   * the last trouble, else after a backoff. While it waits already, the wait is cut short.
   */
  reconnect(reason: string): void;
  /** Stops everything: sockets, timers, waits. No message and no state but `closed` follows. */
  close(): Promise<void>;
}

/** Options with every default filled in. */
export type CompiledOptions = Required<Omit<LiveStreamOptions, 'ca'>> & { ca?: string };

/** Fills in the defaults. */
export function compileOptions(options: LiveStreamOptions): CompiledOptions {
  return {
    ...options,
    headers: options.headers ?? {},
    silenceMs: options.silenceMs ?? 45_000,
    frozenMs: options.frozenMs ?? 600_000,
    maxEventBytes: options.maxEventBytes ?? 4 * 1024 * 1024,
    backoff: options.backoff ?? { minMs: 1000, maxMs: 60_000 },
    random: options.random ?? Math.random,
    now: options.now ?? Date.now,
    userAgent: options.userAgent ?? 'xsoar-intel',
  };
}
