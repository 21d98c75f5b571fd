/**
 * Follows a live stream for as long as the process wants it: one connection after the other, with
 * all decisions about when and from where in this one place. It never gives up by itself.
 *
 *   connecting ──event stream──▶ live
 *   connecting, live ──refused or lost──▶ waiting | unauthorized | stopped
 *   waiting, unauthorized, stopped ──next attempt──▶ live | waiting | unauthorized | stopped
 *   any ──reconnect()──▶ connecting
 *   any ──close()──▶ closed
 *
 * An attempt made out of trouble does not show as `connecting`: an operator wants to read
 * "unauthorized since ten", not a state that flickers with each retry.
 *
 * Waits: backoff by the number of failures in a row. A connection that was read from ends the row,
 * so a platform that restarts is back soon; one that ended by an `error` event or by our own
 * callback does not, since it may end that way again at the same place.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createAgent } from '../http-agent.ts';
import { scrub } from '../scrub.ts';
import { platformUrl } from '../url.ts';
import { backoffMs } from './backoff.ts';
import { type ConnectionEnd, readConnection } from './connection.ts';
import { untilAborted } from './gated-reader.ts';
import {
  compileOptions,
  type LiveStream,
  type LiveStreamOptions,
  PositionUnknownError,
  type StreamPosition,
  type StreamState,
  type StreamStateChange,
} from './options.ts';
import { buildStreamRequest, type StreamRequest } from './request.ts';

/**
 * Starts to follow a live stream.
 *
 * @throws TypeError when the URL of the platform or of a proxy cannot be parsed. Everything that
 *   goes wrong later is a state.
 */
export function openLiveStream(userOptions: LiveStreamOptions): LiveStream {
  const options = compileOptions(userOptions);
  platformUrl(options.url); // throws here, in the caller's hands, and not in each attempt
  const agent = createAgent({ ...options, connections: 4 });

  let state: StreamState = 'connecting';
  let since = options.now();
  let closed = false;
  /** Ends what is under way: an attempt, or the wait after it. */
  let phase = new AbortController();

  const tell = (
    next: StreamState,
    reason: string,
    more: Pick<StreamStateChange, 'status' | 'retryInMs'> = {},
  ) => {
    if (next !== state) since = options.now();
    state = next;
    try {
      options.onState({ state, since, reason, ...more });
    } catch {
      // Reporting is not worth a connection; the caller sees the state on the next change.
    }
  };

  const attempt = async (signal: AbortSignal, onProgress: () => void): Promise<ConnectionEnd> => {
    let position: StreamPosition;
    let request: StreamRequest;
    try {
      position = await untilAborted(options.position(), signal);
      request = buildStreamRequest(options, position);
    } catch (error) {
      if (signal.aborted) return { cause: 'dropped', reason: String(signal.reason) };
      const words = error instanceof Error ? error.message : String(error);
      const reason = `the position to read from is not known: ${scrub(words, options.token)}`;
      const state = error instanceof PositionUnknownError ? error.state : 'waiting';
      return { cause: 'lost', reason, state };
    }
    const onLive = () => tell('live', `reading from ${position.from || 'now'}`, { status: 200 });
    return readConnection(options, { request, dispatcher: agent, signal, onLive, onProgress });
  };

  const run = async () => {
    let failures = 0;
    while (!closed) {
      let progress = false;
      const end = await attempt(phase.signal, () => {
        progress = true;
      });
      if (closed) return;

      if (progress && end.cause !== 'failed') failures = 0;
      const asked = end.cause === 'dropped';
      const atOnce = asked && failures === 0;
      const backoff = atOnce ? 0 : backoffMs(failures, options.backoff, options.random());
      const retryInMs = Math.max(backoff, end.refusal?.retryAfterMs ?? 0);
      failures += 1;

      // Before telling, so that a reconnect() out of the callback ends the wait.
      phase = new AbortController();
      const status = end.refusal === undefined ? {} : { status: end.refusal.status };
      tell(asked ? 'connecting' : (end.refusal?.state ?? end.state ?? 'waiting'), end.reason, {
        retryInMs,
        ...status,
      });
      await waitFor(retryInMs);
    }
  };

  const waitFor = async (ms: number) => {
    try {
      await sleep(ms, undefined, { signal: phase.signal });
    } catch {
      if (closed) return;
      const reason = String(phase.signal.reason);
      phase = new AbortController();
      tell('connecting', reason);
    }
  };

  tell('connecting', 'starting');
  const running = run();

  return {
    get state() {
      return state;
    },
    reconnect(reason) {
      if (!closed) phase.abort(reason);
    },
    async close() {
      const first = !closed;
      closed = true;
      phase.abort('closed');
      await running;
      await agent.destroy();
      if (first) tell('closed', 'closed');
    },
  };
}
