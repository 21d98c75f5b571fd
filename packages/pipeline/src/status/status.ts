/**
 * What the status page, `/status.json` and `xsoar-intel status` say. Times in ms since 1970, lengths of
 * time in ms; a field that ends in `At` is an ISO date.
 */
import type { Hold } from '../queue/hold.ts';
import type { OperatorAction } from '../queue/operator-log.ts';
import type { Rates } from '../queue/rates.ts';
import type { Snapshot } from '../queue/snapshot.ts';
import type { StreamStatus } from '../queue/stream-status.ts';
import type { WorkerSign } from '../queue/worker-signs.ts';
import { type Drift, type Report, unrepairedOf } from '../reconcile/report.ts';
import type { DeadLetters } from './dead-letter-groups.ts';
import type { Pace } from './pace.ts';
import type { Retrying } from './retrying.ts';

/** What is read out of Redis at one moment. */
export interface Reading {
  /** When, ms since 1970. */
  at: number;
  snapshot: Snapshot;
  rates: Rates | null;
  retrying: Retrying;
  deadLetters: DeadLetters;
  setAside: SetAside[];
  actions: TimedAction[];
}

/** What an operator did, and when. */
export type TimedAction = OperatorAction & { at: number };

/** The newest input that could not be used. Free text comes from outside. */
export interface SetAside {
  at: number;
  reason: string;
  detail: string;
  eventId: string;
  name: string;
  bytes: number;
  /** The beginning of what came. */
  excerpt: string;
}

/** The state of one connector, ready to be shown. */
export interface ConnectorStatus {
  readAt: string;
  version: string;
  connectorId: string;
  stream: {
    ingestActive: boolean;
    /** Ingests that live and do not read: one takes over when the active one dies. */
    standingBy: number;
    /** Id of the last event that is safe in Redis; null before the first. */
    cursor: string | null;
    cursorAt: string | null;
    /** How far the cursor is behind the clock. An idle stream's follows at about a minute. */
    behindMs: number | null;
    /** Until when the catch-up from OpenCTI's database goes. */
    recoverUntil: string | null;
    /** What the ingest said of it last; null: nothing lately. */
    told: StreamStatus | null;
  };
  pending: { entities: number; oldestMs: number | null };
  /** How fast both of them change; null until two looks lie far enough apart. */
  pace: Pace | null;
  jobs: Snapshot['jobs'];
  /** Deliveries that ended, a minute; null before a worker counted any. */
  rates: Rates | null;
  retrying: Retrying;
  holds: Hold[];
  workers: WorkerSign[];
  deadLetters: DeadLetters;
  setAside: { total: number; newest: SetAside[] };
  /** What operators did last by the command line, the newest first. */
  actions: TimedAction[];
  /** The last whole reconciliation; null before the first. */
  reconciled: Reconciled | null;
}

/** What a reconciliation came to. */
export interface Reconciled {
  endedAt: string;
  durationMs: number;
  compared: number;
  drift: Record<Drift, number>;
  /** Differences that were left as they were. */
  unrepaired: number;
}

/** Puts a reading into the shape that is shown. */
export function statusOf(
  { at, snapshot, rates, retrying, deadLetters, setAside, actions }: Reading,
  about: { version: string; connectorId: string; pace: Pace | null },
): ConnectorStatus {
  const { cursor } = snapshot;
  // 0-0 is the beginning of the stream, not a moment in 1970.
  const cursorMs = cursor && cursor.id.ms > 0 ? cursor.id.ms : null;
  return {
    readAt: new Date(at).toISOString(),
    version: about.version,
    connectorId: about.connectorId,
    stream: {
      ingestActive: snapshot.ingestActive,
      standingBy: Math.max(snapshot.ingests.length - (snapshot.ingestActive ? 1 : 0), 0),
      cursor: cursor?.id.text ?? null,
      cursorAt: cursorMs === null ? null : isoDate(cursorMs),
      behindMs: cursorMs === null ? null : Math.max(at - cursorMs, 0),
      recoverUntil: cursor?.recoverUntil ?? null,
      told: snapshot.stream,
    },
    pending: { entities: snapshot.pending, oldestMs: snapshot.oldestPendingMs },
    pace: about.pace,
    jobs: snapshot.jobs,
    rates,
    retrying,
    holds: snapshot.holds,
    workers: snapshot.workers,
    deadLetters,
    setAside: { total: snapshot.rejected, newest: setAside },
    actions,
    reconciled: snapshot.reconciled && reconciledOf(snapshot.reconciled),
  };
}

function reconciledOf(report: Report): Reconciled {
  const { missing, stale, foreign, extra, compared } = report.counts;
  return {
    endedAt: new Date(report.finishedAt).toISOString(),
    durationMs: report.finishedAt - report.startedAt,
    compared,
    drift: { missing, stale, foreign, extra },
    unrepaired: unrepairedOf(report),
  };
}

/** A date, or null where the number is beyond what dates can be. */
function isoDate(ms: number): string | null {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
