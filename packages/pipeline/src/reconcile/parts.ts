import { setTimeout as sleep } from 'node:timers/promises';
import { openctiExtension, parseEventId, type StixObject } from '@xsoar-intel/opencti';
import type { Lookups } from '@xsoar-intel/xsoar';
import type { DeliveryQueue } from '../queue/delivery-queue.ts';
import type { Gate } from './gate.ts';
import { EVENT_LAG_MAX_MS, type Places, readIngested } from './ingested.ts';
import type { LookParts } from './look.ts';
import type { Finding } from './report.ts';
import type { Repair, Run } from './run-store.ts';
import type { StreamAccess } from './walk-stream.ts';

/** What every phase works with. */
export interface PhaseParts extends LookParts {
  queue: DeliveryQueue;
  stream: StreamAccess;
  /** XSOAR_SOURCE: by which our objects in XSOAR are known. */
  source: string;
  /** What nobody wants any more is deleted, not kept in XSOAR in some form. */
  removes: boolean;
  /** Largest share of what XSOAR holds from us that may be deleted without being asked, 0 to 1. */
  maxDeleteShare: number;
  /** Asked before more than that is deleted; `some` of what would be. */
  allowDeletes(deletes: number, held: number, some: readonly Finding[]): Promise<boolean>;
  /** CONNECTOR_LIVE_STREAM_START_TIMESTAMP, ms since 1970: what is older, the ingest never read. */
  startAt: number | null;
  lookups: Lookups;
  gate: Gate;
  run: Run;
  signal: AbortSignal;
  onProgress(progress: Progress): void;
  /** ms since 1970. */
  now(): number;
}

/** How far a run is. */
export interface Progress {
  phase: Run['state']['phase'];
  done: number;
  /** Null while it is not known. */
  of: number | null;
}

/** Items of a list that are looked at together. */
export const BATCH = 50;
/** Looks at something undelivered before it is reported as in flight. */
export const LOOKS_MAX = 6;

/** A second look is worth something only when the index had time to catch up. */
export async function settled({ run, settleMs, signal, now }: PhaseParts): Promise<void> {
  const waitMs = run.state.phaseAt + settleMs - now();
  if (waitMs > 0) await sleep(waitMs, undefined, { signal });
}

/** Between two looks at what is undelivered: longer each time. */
export async function beforeLook({ signal, settleMs }: PhaseParts, looks: number): Promise<void> {
  if (looks > 0) await sleep(Math.min(settleMs + 250 * looks, 5_000), undefined, { signal });
}

/** Where the ingest and the run stand at this moment. */
export async function placesOf({ redis, keys, run, settleMs }: PhaseParts): Promise<Places> {
  const { head, recoverMs } = run.state;
  return {
    cursor: await readIngested(redis, keys),
    head: parseEventId(head ?? ''),
    recoverMs,
    eventLagMs: Math.min(settleMs, EVENT_LAG_MAX_MS),
  };
}

/** When an object changed last, in ms since 1970. Not known: then it may have changed just now. */
export function updatedMs(object: StixObject): number {
  const updated = openctiExtension(object)?.updated_at ?? object.modified;
  return typeof updated === 'string' ? Date.parse(updated) : Number.POSITIVE_INFINITY;
}

/** Whether OpenCTI still says of what is to be deleted what it said when that was found. */
export async function isAsSeen(
  { opencti, signal }: Pick<PhaseParts, 'opencti' | 'signal'>,
  { entityId, sawMs }: Repair,
): Promise<boolean> {
  if (sawMs === undefined) return true;
  const object = await opencti.stixObject(entityId, signal);
  return (object === null ? null : updatedMs(object)) === sawMs;
}
