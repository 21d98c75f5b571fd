/** Signs of life of workers and ingests: which of them live, and what they are. */
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';

/** What a worker, or an ingest, says of itself. */
export interface WorkerSign {
  /** `<host>:<pid>`. */
  name: string;
  /** Version of this program that it runs. */
  version: string;
  /** When it started, ms since 1970. */
  since: number;
}

/** Access to the signs. */
export interface WorkerSigns {
  /** Says that it lives; to be repeated. Forgets who fell silent long ago. */
  give(sign: WorkerSign): Promise<void>;
  /** Says that it ends. */
  withdraw(name: string): Promise<void>;
  /** Those that gave a sign lately, by name. */
  list(): Promise<WorkerSign[]>;
}

/** A worker that was silent for longer is taken for gone, in ms. */
export const WORKER_SILENT_MS = 20_000;
/** After so long nothing of it is kept, in ms. */
const FORGOTTEN_MS = 60_000;

/** Binds the signs of workers to a connection. `now`: ms since 1970. */
export function createWorkerSigns(redis: Redis, keys: Keys, now: () => number): WorkerSigns {
  return signsIn(redis, keys.workers, now);
}

/** The same for ingests, the one that reads and those that stand by. */
export function createIngestSigns(redis: Redis, keys: Keys, now: () => number): WorkerSigns {
  return signsIn(redis, keys.ingests, now);
}

function signsIn(redis: Redis, hash: string, now: () => number): WorkerSigns {
  async function read(): Promise<{ sign: WorkerSign; at: number }[]> {
    const kept = await redis.hgetall(hash);
    return Object.entries(kept).map(([name, json]) => {
      const { version, since, at } = JSON.parse(json) as Omit<WorkerSign, 'name'> & { at: number };
      return { sign: { name, version, since }, at };
    });
  }

  return {
    async give({ name, version, since }) {
      await redis.hset(hash, name, JSON.stringify({ version, since, at: now() }));
      const silent = (await read()).filter(({ at }) => at < now() - FORGOTTEN_MS);
      if (silent.length > 0) await redis.hdel(hash, ...silent.map(({ sign }) => sign.name));
    },
    async withdraw(name) {
      await redis.hdel(hash, name);
    },
    async list() {
      return (await read())
        .filter(({ at }) => at >= now() - WORKER_SILENT_MS)
        .map(({ sign }) => sign)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}
