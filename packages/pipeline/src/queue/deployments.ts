/**
 * What became of entities, kept until the active ingest has told OpenCTI. A worker
 * notes and goes on; nothing waits for OpenCTI. Bounded: beyond the limit the
 * oldest notes go, and whoever noted is told how many.
 *
 *   noted ──a newer word of the entity──▶ noted, in the same place of the row
 *     │ └──too many behind it──▶ dropped
 *     └──OpenCTI has taken or refused it──▶ gone, unless a newer word came meanwhile
 */
import type { DeploymentStatus } from '@xsoar-intel/opencti';
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

/** What became of one entity. */
export interface DeploymentNote {
  status: DeploymentStatus;
  /** When, ms since 1970. */
  at: number;
  /** Why it failed, in a few words. */
  cause?: string;
}

/** A note as it waits to be told. */
export interface WaitingNote extends DeploymentNote {
  entityId: string;
  /** As it lies in Redis, to be recognized. */
  raw: string;
}

/** Access to the notes. */
export interface Deployments {
  /**
   * Notes it; `version`: of the state that it is about, or '' when not known. Returns how many
   * older notes had to go; null when nothing is noted, since OpenCTI does not take reports.
   */
  note(entityId: string, version: string, note: DeploymentNote): Promise<number | null>;
  /** The notes that wait longest. */
  waiting(limit: number): Promise<WaitingNote[]>;
  size(): Promise<number>;
  /** Takes notes away that were dealt with. */
  drop(notes: readonly WaitingNote[]): Promise<void>;
  /** OpenCTI does not take reports: nothing is noted for so long (ms), and what waits goes. 0: it does. */
  turnOff(forMs: number): Promise<void>;
}

/** Notes that may wait at a time: about 3 MB of Redis. */
export const DEPLOYMENT_NOTES_MAX = 10_000;

/** Binds the notes to a connection. */
export function createDeployments(
  redis: Redis,
  keys: Keys,
  max = DEPLOYMENT_NOTES_MAX,
): Deployments {
  const noteScript = loadScript(redis, 'note-deployment');
  const dropScript = loadScript(redis, 'drop-deployments');
  const { deployments, deploymentReports, deploymentsOff } = keys;

  return {
    async note(entityId, version, note) {
      const [ms = '', seq = ''] = /^\d+-\d+$/.test(version) ? version.split('-') : [];
      const dropped = Number(
        await noteScript(
          [deployments, deploymentReports, deploymentsOff],
          [entityId, ms, seq, JSON.stringify(note), max],
        ),
      );
      return dropped < 0 ? null : dropped;
    },
    async waiting(limit) {
      const ids = await redis.zrange(deployments, '0', String(limit - 1));
      const raws = ids.length === 0 ? [] : await redis.hmget(deploymentReports, ...ids);
      return ids.flatMap((entityId, index) => {
        const raw = raws[index];
        if (typeof raw !== 'string') return [];
        const note = JSON.parse(raw.slice(raw.indexOf(' ') + 1)) as DeploymentNote;
        return [{ ...note, entityId, raw }];
      });
    },
    size: () => redis.zcard(deployments),
    async drop(notes) {
      if (notes.length === 0) return;
      await dropScript(
        [deployments, deploymentReports],
        notes.flatMap(({ entityId, raw }) => [entityId, raw]),
      );
    },
    async turnOff(forMs) {
      if (forMs > 0) {
        await redis.set(deploymentsOff, '1', 'PX', forMs);
        await redis.del(deployments, deploymentReports);
      } else await redis.del(deploymentsOff);
    },
  };
}
