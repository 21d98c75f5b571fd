/**
 * Makes the connector visible in OpenCTI: registers it, then says every 40
 * seconds that it lives, with the cursor in the words of the Python helper, so
 * that one can go back to it. OpenCTI's copy is always read from ours first, so
 * it may lag but never lead (law L1).
 *
 *   unregistered ──register──▶ registered ──ping──▶ registered
 *        ▲                        │    └──empty answer to a state──▶ suspected
 *        └──any call failed───────┘                                    │
 *   suspected ──after a while OpenCTI still holds nothing──▶ reset ──▶ registered
 *   suspected ──it holds a state──▶ registered
 *
 * "Reset state" in OpenCTI's interface empties the state; the next ping is
 * answered with nothing, once, and what it sent is thrown away. That answer alone
 * proves nothing, since a platform may echo an older state. So it is looked at
 * again, by registering, which changes no state; and no ping goes out in between,
 * since it would write the old state back. After a call that failed its answer
 * may have been lost, so that registration looks too. A differing state that is
 * not empty is never a reset.
 */
import {
  type ConnectorState,
  type OpenctiApi,
  OpenctiError,
  type StoredState,
} from '@xsoar-intel/opencti';
import { type Cursor, type CursorStore, parseCursor } from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import { pause } from './pause.ts';

/** Who registers, and what it tells. */
export interface RegistrationParts {
  api: Pick<OpenctiApi, 'register' | 'ping'>;
  identity: { id: string; name: string; scope: readonly string[] };
  cursor: Pick<CursorStore, 'read'>;
  /** Undelivered entities and whether reading is held back, for OpenCTI's interface. */
  load(): Promise<{ pending: number; highMark: number; buffering: boolean }>;
  /** Told of the state that OpenCTI held before our first ping. */
  onState(state: StoredState): Promise<void>;
  /**
   * An operator reset the state; `between`: when it can have happened. Returns
   * whether reading starts anew; if not, it is asked for again.
   */
  onReset(between: { from: string | null; to: string }): Promise<boolean>;
  /** Told after each sign of life whether OpenCTI took it. */
  onHeard(heard: boolean): void;
  logger: Logger;
}

/** The running sign of life. */
export interface Registration {
  /**
   * Registers unless that is done, and has `onState` called. Rejects when OpenCTI
   * cannot be asked.
   */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/** Times in ms. */
export interface RegistrationTimes {
  /** Between pings: what OpenCTI expects of a connector. */
  pingMs: number;
  /** Before another try after a failure. */
  retryMs: number;
  /** Between an empty answer and the look that confirms it: longer than a database takes to show what it was told. */
  confirmMs: number;
}

/** What OpenCTI expects, and its search index may lag. */
export const REGISTRATION_TIMES: RegistrationTimes = {
  pingMs: 40_000,
  retryMs: 10_000,
  confirmMs: 5_000,
};

/** The state as the Python helper writes it; null before there is a cursor. */
export function connectorState(cursor: Cursor | null): ConnectorState | null {
  if (cursor === null) return null;
  return { start_from: cursor.id.text, recover_until: cursor.recoverUntil ?? false };
}

/** Registers and pings until stopped. */
export function keepRegistered(
  parts: RegistrationParts,
  times: RegistrationTimes = REGISTRATION_TIMES,
): Registration {
  const { api, identity, logger } = parts;
  const ending = new AbortController();
  let registered = false;
  let announced = false;
  let suspected = false;
  let failing = false;
  let lastAnswer: string | null = null;
  let registering: Promise<StoredState> | null = null;

  /** One registration at a time, whoever asks. */
  function register(): Promise<StoredState> {
    registering ??= (async () => {
      try {
        const state = await api.register(identity, ending.signal);
        await parts.onState(state);
        registered = true;
        if (!announced) logger.info({ connector: identity.name }, 'registered in OpenCTI');
        announced = true;
        return state;
      } finally {
        registering = null;
      }
    })();
    return registering;
  }

  const told = async () => connectorState(parseCursor(await parts.cursor.read()));

  /** Looks at what OpenCTI holds. Returns whether the connector may ping now. */
  async function look(): Promise<boolean> {
    const held = await register();
    if (suspected) {
      if (held.empty) {
        const done = await parts.onReset({ from: lastAnswer, to: new Date().toISOString() });
        if (!done) return false;
      } else {
        logger.info('OpenCTI had answered a ping with an older state; this was no reset');
      }
      suspected = false;
      return true;
    }
    // Only a reset leaves an empty text; a connector that is new there has none.
    if (held.text === '' && (await told()) !== null) {
      suspected = true;
      return false;
    }
    return true;
  }

  async function round(): Promise<number> {
    try {
      if ((!registered || suspected) && !(await look())) return times.confirmMs;
      const state = await told();
      const { pending, highMark, buffering } = await parts.load();
      const info = { buffering, queueMessagesSize: pending, queueThreshold: highMark };
      const answer = await api.ping(identity.id, state, info, ending.signal);
      if (failing) logger.info('OpenCTI hears the connector again');
      failing = false;
      parts.onHeard(true);
      if (state !== null && answer.empty) {
        suspected = true;
        return times.confirmMs;
      }
      lastAnswer = new Date().toISOString();
      if (answer.text !== JSON.stringify(state)) {
        logger.debug({ sent: state, answered: answer.state }, 'OpenCTI echoes another state');
      }
      return times.pingMs;
    } catch (error) {
      if (ending.signal.aborted) return 0;
      registered = false;
      if (error instanceof OpenctiError && error.kind === 'not-found') announced = false;
      // One line for the whole time that it fails; the stream tells its own troubles.
      if (!failing) {
        const reason = error instanceof Error ? error.message : String(error);
        logger.warn({ reason }, 'OpenCTI does not show this connector as alive');
      }
      failing = true;
      parts.onHeard(false);
      return Math.min(times.retryMs, times.pingMs);
    }
  }

  const loop = (async () => {
    while (!ending.signal.aborted) await pause(await round(), ending.signal);
  })();

  return {
    async ready() {
      if (!registered) await register();
    },
    async stop() {
      ending.abort();
      await loop;
      await registering?.catch(() => {});
    },
  };
}
