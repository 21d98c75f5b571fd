/**
 * One connection to the live stream, from the request to its end.
 *
 *   requesting ──200, event stream──▶ reading ──▶ ended (why: see ConnectionEnd)
 *       └──────any other answer, no answer───────▶ ended
 *   reading ⇄ paused (no room: the socket is not read, silence is not counted)
 *
 * `EventSource` is the parser here and lives as long as the connection: its own way to reconnect
 * knows neither backoff nor statuses, so it is closed at the first sign of trouble and every
 * decision is taken by `live-stream.ts`.
 */
import { EventSource, type FetchLikeResponse, type ReaderLike } from 'eventsource';
import { type Dispatcher, request } from 'undici';
import type { StreamMessage } from '../message.ts';
import { describeNetworkError } from '../network-error.ts';
import { parseMessage } from '../parse-message.ts';
import { scrub } from '../scrub.ts';
import { printableUrl } from '../url.ts';
import { judgeAnswer, type StreamRefusal } from './answer.ts';
import { watchFrozen } from './frozen.ts';
import { gatedReader, NoRoomError } from './gated-reader.ts';
import type { CompiledOptions } from './options.ts';
import type { StreamRequest } from './request.ts';
import { watchSilence } from './silence.ts';

/** How a connection ended. */
export interface ConnectionEnd {
  /**
   * - `refused`: the answer is no stream;
   * - `lost`: end of file, network error, silence or frozen heartbeats;
   * - `failed`: the platform sent an `error` event, or a callback of ours threw. Reading again may
   *   well end the same way, so progress made before does not shorten the backoff;
   * - `dropped`: by the caller's signal.
   */
  cause: 'refused' | 'lost' | 'failed' | 'dropped';
  /** One line of words, without the token. */
  reason: string;
  /** With `refused`: what the answer means. */
  refusal?: StreamRefusal;
  /** With `lost`: the state meanwhile, where it is not `waiting`. */
  state?: StreamRefusal['state'];
}

/** What a connection needs besides the options of the stream. */
export interface ConnectionContext {
  request: StreamRequest;
  dispatcher: Dispatcher;
  /** Ends the connection; its reason becomes the reason of the end. */
  signal: AbortSignal;
  /** Called once the answer is known to be an event stream. */
  onLive(): void;
  /** Called when something beyond the greeting was read and handled. */
  onProgress(): void;
}

/** Rejects what was under way when the connection ended. Nobody looks at it. */
class ConnectionOver extends Error {
  override name = 'ConnectionOver';
}

/** Hands every event to one function: listeners are per name, and unknown names count too. */
class EventReader extends EventSource {
  #onEvent: (event: Event) => void;

  constructor(url: URL, fetch: () => Promise<FetchLikeResponse>, onEvent: (event: Event) => void) {
    // What the parser buffers is bounded by the filter before it.
    super(url, { fetch, maxBufferSize: Number.POSITIVE_INFINITY });
    this.#onEvent = onEvent;
  }

  override dispatchEvent(event: Event): boolean {
    this.#onEvent(event);
    return true;
  }
}

/** Opens a connection and reads it to its end. Never rejects. */
export function readConnection(
  options: CompiledOptions,
  context: ConnectionContext,
): Promise<ConnectionEnd> {
  return new Promise((resolve) => {
    const { signal } = context;
    const { url, headers } = context.request;
    const over = new AbortController();
    const frozen = watchFrozen(options.frozenMs);
    let ended = false;
    let source: EventSource | undefined;
    let answeredAt: number | null = null;

    const finish = (cause: ConnectionEnd['cause'], reason: string, refusal?: StreamRefusal) => {
      if (ended) return;
      ended = true;
      silence.stop();
      signal.removeEventListener('abort', onSignal);
      over.abort(new ConnectionOver('the connection is over'));
      source?.close();
      // `EventSource` sets its timer for reconnecting after it has told us of the error.
      queueMicrotask(() => source?.close());
      const words = scrub(reason, options.token, 1000);
      resolve({ cause, reason: words, ...(refusal === undefined ? {} : { refusal }) });
    };
    const fail = (error: unknown): never => {
      if (error instanceof NoRoomError) finish('failed', `no room for events: ${error.message}`);
      const { words, code } = describeNetworkError(error);
      finish('lost', `${printableUrl(url)}: ${words} (${code})`);
      throw new ConnectionOver('the connection is over');
    };
    const onSignal = () => finish('dropped', String(signal.reason));
    const silence = watchSilence(options.silenceMs, () =>
      finish('lost', `nothing came for ${options.silenceMs / 1000} s`),
    );

    const deliver = (message: StreamMessage) => {
      try {
        options.onMessage(message);
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        return finish('failed', `an event could not be taken over: ${words}`);
      }
      if (message.kind === 'heartbeat' && frozen.heartbeat(message.id.text, options.now())) {
        const { text } = message.id;
        return finish('lost', `heartbeats stay at ${text} for ${options.frozenMs / 1000} s`);
      }
      if (message.kind === 'heartbeat' || message.kind === 'entity') context.onProgress();
    };

    const onEvent = (event: Event) => {
      if (ended) return;
      if (event instanceof MessageEvent) {
        const message = parseMessage(event.type, event.lastEventId, event.data, options);
        if (message.kind === 'connected') deliver({ ...message, answeredAt });
        else if (message.kind !== 'stream-failure') deliver(message);
        else finish('failed', `OpenCTI gave up on this connection: ${message.message}`);
      } else if (event.type === 'error') {
        // Whatever went wrong has been told by then, so this is the end of the body.
        finish('lost', 'OpenCTI or a proxy ended the connection');
      }
    };

    const open = async (): Promise<FetchLikeResponse> => {
      silence.reading();
      const response = await request(url, {
        dispatcher: context.dispatcher,
        headers,
        signal: over.signal,
        // Silence is watched here; these would also run while we are the ones who do not read.
        headersTimeout: 0,
        bodyTimeout: 0,
        // A socket left over from before a restart of the platform is never used again.
        reset: true,
      });
      const header = (name: string) => [response.headers[name]].flat()[0];
      const answer = {
        status: response.statusCode,
        statusText: scrub(response.statusText ?? '', options.token),
        contentType: header('content-type'),
        contentEncoding: header('content-encoding'),
        location: header('location'),
        retryAfter: header('retry-after'),
      };
      const refusal = judgeAnswer(answer, url, options.now());
      if (refusal !== null || ended) {
        response.body.on('error', () => {}).destroy();
        if (refusal !== null) finish('refused', refusal.reason, refusal);
        throw new ConnectionOver('refused');
      }
      const date = Date.parse(header('date') ?? '');
      answeredAt = Number.isNaN(date) ? null : date;
      context.onLive();
      const reader = gatedReader(response.body[Symbol.asyncIterator](), {
        room: () => options.room(),
        onPause: frozen.reset,
        silence,
        maxEventBytes: options.maxEventBytes,
        signal: over.signal,
      });
      const failing: ReaderLike = {
        read: () => reader.read().catch(fail),
        cancel: () => reader.cancel(),
      };
      return {
        status: 200,
        url: url.href,
        redirected: false,
        headers: { get: (name) => header(name.toLowerCase()) ?? null },
        body: { getReader: () => failing },
      };
    };

    // This calls `open` at once.
    source = new EventReader(url, () => open().catch(fail), onEvent);
    if (signal.aborted) onSignal();
    else signal.addEventListener('abort', onSignal);
  });
}
