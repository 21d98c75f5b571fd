/**
 * Makes the connector visible in OpenCTI: registers it, then says every 40
 * seconds that it lives, with the cursor in the words of the Python helper, so
 * that one can go back to it. OpenCTI's copy is always read from ours first, so
 * it may lag but never lead (law L1). Nothing waits for any of this.
 *
 *   unregistered ──register──▶ registered ──ping──▶ registered
 *                                  └──OpenCTI does not know it any more──▶ unregistered
 */
import { type ConnectorState, type OpenctiApi, OpenctiError } from '@xsoar-intel/opencti';
import { type Cursor, type CursorStore, parseCursor } from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';

/** Who registers, and what it tells. */
export interface RegistrationParts {
  api: Pick<OpenctiApi, 'register' | 'ping'>;
  identity: { id: string; name: string; scope: readonly string[] };
  cursor: Pick<CursorStore, 'read'>;
  /** Undelivered entities and whether reading is held back, for OpenCTI's interface. */
  load(): Promise<{ pending: number; highMark: number; buffering: boolean }>;
  logger: Logger;
}

/** The running sign of life. */
export interface Registration {
  stop(): Promise<void>;
}

/** Time between pings, in ms: what OpenCTI expects of a connector. */
export const PING_MS = 40_000;
/** Time before another try after a failure, in ms. */
const RETRY_MS = 10_000;

/** The state as the Python helper writes it; null before there is a cursor. */
export function connectorState(cursor: Cursor | null): ConnectorState | null {
  if (cursor === null) return null;
  return { start_from: cursor.id.text, recover_until: cursor.recoverUntil ?? false };
}

/** Registers and pings until stopped. */
export function keepRegistered(parts: RegistrationParts, pingMs = PING_MS): Registration {
  const { api, identity, logger } = parts;
  const ending = new AbortController();
  let registered = false;
  let failing = false;

  async function round(): Promise<number> {
    try {
      if (!registered) {
        await api.register(identity, ending.signal);
        registered = true;
        logger.info({ connector: identity.name }, 'registered in OpenCTI');
      }
      const state = connectorState(parseCursor(await parts.cursor.read()));
      const { pending, highMark, buffering } = await parts.load();
      const info = { buffering, queueMessagesSize: pending, queueThreshold: highMark };
      await api.ping(identity.id, state, info, ending.signal);
      if (failing) logger.info('OpenCTI hears the connector again');
      failing = false;
      return pingMs;
    } catch (error) {
      if (ending.signal.aborted) return 0;
      if (error instanceof OpenctiError && error.kind === 'not-found') registered = false;
      // One line for the whole time that it fails; the stream tells its own troubles.
      if (!failing) {
        const reason = error instanceof Error ? error.message : String(error);
        logger.warn({ reason }, 'OpenCTI does not show this connector as alive');
      }
      failing = true;
      return Math.min(RETRY_MS, pingMs);
    }
  }

  const loop = (async () => {
    while (!ending.signal.aborted) {
      const waitMs = await round();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        ending.signal.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
        if (ending.signal.aborted) resolve();
      });
    }
  })();

  return {
    async stop() {
      ending.abort();
      await loop;
    },
  };
}
