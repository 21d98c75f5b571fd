/**
 * Holds: reasons why nobody may push anything, shared by all workers.
 *
 *   (none) ──opened by a worker or an operator──▶ closed until a moment, or until somebody resumes
 *   closed ──its moment has come──▶ half-open: one probe at a time (see lua/begin.lua)
 *   half-open ──the probe was answered──▶ (none)
 *   half-open ──the probe failed the same way──▶ closed again, for longer
 *
 * The hold `delete-storm` is for deletes only and is never probed: see delete-guard.ts.
 * A hold lives in Redis, so it survives restarts and is the same for everybody.
 */
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';
import { asList, loadScript } from './script.ts';

/** Why deliveries are held; the set is closed, since metrics use it as a label. */
export const HOLD_KINDS = [
  'operator',
  'credentials',
  'rate-limit',
  'outage',
  'configuration',
  'delete-storm',
] as const;
/** One of {@link HOLD_KINDS}. */
export type HoldKind = (typeof HOLD_KINDS)[number];

/** Kinds that somebody decides on, rather than an answer of XSOAR. */
export type DecidedHold = 'operator' | 'delete-storm';

/** Whether it holds all deliveries; the other kind holds deletes only. */
export const holdsEverything = ({ kind }: Pick<Hold, 'kind'>): boolean => kind !== 'delete-storm';

/** What is known of one hold. Times in ms since 1970, by Redis' clock. */
export interface Hold {
  kind: HoldKind;
  /** In words, for the person who reads it. Never a secret. */
  reason: string;
  since: number;
  /** When the next probe may go; null: not before somebody resumes. */
  until: number | null;
  /** Who opened it: a worker's name or an operator's. */
  by: string;
  /** How many times in a row it was opened or prolonged. */
  times: number;
}

/** A hold as it stands after somebody wanted it. */
export interface OpenedHold extends Hold {
  /** It was opened or prolonged; false: it stood, since others failed at the same moment. */
  changed: boolean;
}

/** Access to the holds in Redis. */
export interface Holds {
  list(): Promise<Hold[]>;
  /** Opens or prolongs a hold; `forMs` null holds until `clear`. */
  open(
    kind: HoldKind,
    hold: { reason: string; by: string; forMs: number | null },
  ): Promise<OpenedHold>;
  clear(kind: HoldKind): Promise<boolean>;
  /** Lets another job probe, after one that found nothing out. */
  releaseProbe(kind: HoldKind): Promise<void>;
}

/** Whether a text names a kind of hold. */
export const isHoldKind = (text: string): text is HoldKind =>
  (HOLD_KINDS as readonly string[]).includes(text);

function parseHold(kind: HoldKind, json: string): Hold {
  const raw = JSON.parse(json) as Partial<Hold>;
  return {
    kind,
    reason: String(raw.reason ?? ''),
    since: Number(raw.since ?? 0),
    until: raw.until === undefined || raw.until === null ? null : Number(raw.until),
    by: String(raw.by ?? ''),
    times: Number(raw.times ?? 1),
  };
}

/** Binds the holds to a connection. */
export function createHolds(redis: Redis, keys: Keys): Holds {
  const open = loadScript(redis, 'open-hold');
  const clear = loadScript(redis, 'clear-hold');
  const releaseProbe = loadScript(redis, 'release-probe');

  return {
    async list() {
      const stored = await redis.hgetall(keys.holds);
      return Object.entries(stored).flatMap(([kind, json]) =>
        isHoldKind(kind) ? [parseHold(kind, json)] : [],
      );
    },
    async open(kind, { reason, by, forMs }) {
      const [json, changed] = asList(await open([keys.holds], [kind, reason, by, forMs ?? '']));
      return { ...parseHold(kind, String(json)), changed: changed === 1 };
    },
    clear: async (kind) =>
      (await clear([keys.holds, keys.deletes, keys.deletesWanted], [kind])) === 1,
    async releaseProbe(kind) {
      await releaseProbe([keys.holds], [kind]);
    },
  };
}
