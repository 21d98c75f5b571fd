/**
 * Tells OpenCTI what became of each indicator, if the operator wants it: the
 * relationship `deployed-on` from the indicator to a security platform that stands
 * for XSOAR. The active ingest, which has the token, reads what workers noted.
 *
 *   asking ──the platform knows deployments──▶ reporting
 *     │ └──it does not──▶ not offered: said once, nothing is noted, asked again after a day
 *     ├──the user lacks a right──▶ refused: said once, asked again later, notes are kept
 *     └──no answer──▶ waiting: asked again, notes are kept
 *   reporting ──a call fails──▶ waiting or refused ──▶ asking
 *
 * Notes are in Redis, so a restart or another ingest goes on with them. A report that
 * was taken but whose answer was lost is sent again, which changes nothing there.
 */
import {
  DEPLOYMENT_REPORTS_MAX,
  type DeploymentStatus,
  type DeploymentsApi,
  OpenctiError,
  type RefusedReport,
} from '@xsoar-intel/opencti';
import { type Deployments, steadyBackoffMs, type WaitingNote } from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import { pause } from './pause.ts';

/** Which security platform stands for XSOAR in OpenCTI. */
export interface SecurityPlatform {
  /** Of one that exists; null: found or created by its name. */
  id: string | null;
  name: string;
  type: string;
}

/** Where reporting stands. */
export const REPORTING_STATES = [
  'asking',
  'reporting',
  'waiting',
  'refused',
  'not-offered',
] as const;
/** One of {@link REPORTING_STATES}. */
export type ReportingState = (typeof REPORTING_STATES)[number];

/** What became of a report: taken, its indicator is not there, or not taken. */
export const REPORT_OUTCOMES = ['taken', 'gone', 'refused'] as const;
/** One of {@link REPORT_OUTCOMES}. */
export type ReportOutcome = (typeof REPORT_OUTCOMES)[number];

/** What reporting works with. */
export interface ReportingParts {
  deployments: Pick<Deployments, 'waiting' | 'drop' | 'turnOff' | 'size'>;
  api: DeploymentsApi;
  platform: SecurityPlatform;
  logger: Logger;
  onState(state: ReportingState): void;
  onReport(status: DeploymentStatus, outcome: ReportOutcome): void;
  onWaiting(count: number): void;
}

/** Times in ms. */
export interface ReportingTimes {
  /** Between batches, so that bursts of one indicator become one report. */
  everyMs: number;
  /** Bounds of the wait after failures. */
  failed: { minMs: number; maxMs: number };
  /** Until a platform that does not know deployments is asked again: it may be updated meanwhile. */
  notOfferedMs: number;
}

/** A batch is a rare guest at the platform, which takes 20 calls a second of each user. */
export const REPORTING_TIMES: ReportingTimes = {
  everyMs: 5_000,
  failed: { minMs: 5_000, maxMs: 300_000 },
  notOfferedMs: 24 * 3_600_000,
};

/** Times that an indicator is refused by itself before its report is given up. */
const REFUSALS_MAX = 3;
/** What an indicator's id looks like to OpenCTI: internal, or STIX. Anything else spoils a whole batch. */
const REFERENCE = /^(?:indicator--)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reports until the returned function is called; that resolves when nothing is under way. */
export function reportDeployments(
  parts: ReportingParts,
  times: ReportingTimes = REPORTING_TIMES,
): () => Promise<void> {
  const { deployments, api, logger, platform } = parts;
  const ending = new AbortController();
  let platformId: string | null = null;
  let state: ReportingState = 'asking';
  let failures = 0;
  let size = DEPLOYMENT_REPORTS_MAX;
  /** Times in a row that an indicator was refused, and that a call with a single one was. */
  const refusals = new Map<string, number>();
  let loneRefusals = 0;

  /** Returns whether it is another state than before, which is then worth a line. */
  function enter(next: ReportingState): boolean {
    const changed = state !== next;
    state = next;
    parts.onState(next);
    return changed;
  }

  /** Asks whether the platform takes reports, and for its id. Returns false when it does not. */
  async function ask(): Promise<boolean> {
    if (platformId !== null) return true;
    if (!(await api.offered(ending.signal))) {
      if (enter('not-offered')) {
        logger.info(
          'this OpenCTI does not know deployments of indicators: what became of them is not reported (DEPLOYMENT_REPORTING_ENABLED)',
        );
      }
      // A little longer than until the next question, which turns it on where the answer is another.
      await deployments.turnOff(times.notOfferedMs * 2);
      return false;
    }
    await deployments.turnOff(0);
    platformId = platform.id ?? (await api.securityPlatform(platform, ending.signal));
    return true;
  }

  async function round(): Promise<number> {
    if (!(await ask()) || platformId === null) return times.notOfferedMs;
    const notes = await deployments.waiting(size);
    const sendable = notes.filter(({ entityId }) => REFERENCE.test(entityId));
    const refused =
      sendable.length === 0
        ? []
        : await api.report(platformId, sendable.map(reportOf), ending.signal);
    if (enter('reporting')) {
      logger.info(
        { platform: platformId },
        'what became of indicators is reported to OpenCTI (DEPLOYMENT_REPORTING_ENABLED)',
      );
    }
    failures = 0;
    loneRefusals = 0;
    await settle(notes, refused);
    const more = notes.length === size;
    if (sendable.length > 0) size = Math.min(size * 2, DEPLOYMENT_REPORTS_MAX);
    parts.onWaiting(await deployments.size());
    // A long row is worked off faster, at a pace that leaves the platform room.
    return more ? Math.min(times.everyMs, 500) : times.everyMs;
  }

  /** Takes away what was dealt with, and counts it. */
  async function settle(notes: readonly WaitingNote[], refused: RefusedReport[]): Promise<void> {
    // Notes that were dropped meanwhile leave theirs behind.
    if (refusals.size > DEPLOYMENT_REPORTS_MAX) refusals.clear();
    const words = new Map(refused.map((report) => [report.indicatorId, report]));
    const over: [WaitingNote, ReportOutcome][] = [];
    for (const note of notes) {
      const { entityId } = note;
      const report = words.get(entityId);
      if (report === undefined) {
        over.push([note, REFERENCE.test(entityId) ? 'taken' : 'refused']);
        refusals.delete(entityId);
      } else if (report.gone) {
        over.push([note, 'gone']);
      } else {
        // Two writers of one object may refuse each other for a moment.
        const count = (refusals.get(entityId) ?? 0) + 1;
        refusals.set(entityId, count);
        if (count < REFUSALS_MAX) continue;
        refusals.delete(entityId);
        over.push([note, 'refused']);
        logger.warn({ entityId, said: report.words }, 'OpenCTI does not take what became of it');
      }
    }
    await deployments.drop(over.map(([note]) => note));
    for (const [{ status }, outcome] of over) parts.onReport(status, outcome);
  }

  /** A whole batch was refused: the security platform is gone, or one report spoils it. */
  async function narrow(): Promise<void> {
    platformId = null;
    if (size > 1) {
      size = Math.ceil(size / 2);
      return;
    }
    const notes = await deployments.waiting(1);
    const last = notes[0];
    loneRefusals += 1;
    if (last === undefined || loneRefusals < REFUSALS_MAX) return;
    loneRefusals = 0;
    await deployments.drop([last]);
    parts.onReport(last.status, 'refused');
  }

  async function guarded(): Promise<number> {
    try {
      return await round();
    } catch (error) {
      if (ending.signal.aborted) return 0;
      const kind = error instanceof OpenctiError ? error.kind : null;
      const reason = error instanceof Error ? error.message : String(error);
      failures += 1;
      const waitMs = steadyBackoffMs(failures, times.failed);
      if (kind === 'forbidden') {
        platformId = null;
        if (enter('refused')) {
          logger.warn(
            { reason },
            'what became of indicators cannot be reported: the user of OPENCTI_TOKEN needs the capabilities "Create / Update knowledge" and "Connectors API usage"',
          );
        }
        return times.failed.maxMs;
      }
      if (kind === 'refused' || kind === 'schema' || kind === 'not-found') await narrow();
      if (enter('waiting')) {
        logger.warn(
          { reason },
          'what became of indicators cannot be reported for now; it is kept and told later',
        );
      }
      const asked = error instanceof OpenctiError ? (error.retryAfterMs ?? 0) : 0;
      return Math.min(Math.max(waitMs, asked), times.failed.maxMs);
    }
  }

  parts.onState(state);
  const loop = (async () => {
    while (!ending.signal.aborted) {
      const waitMs = await guarded().catch(() => times.failed.maxMs);
      await pause(waitMs, ending.signal);
    }
  })();
  return async () => {
    ending.abort();
    await loop;
  };
}

function reportOf({ entityId, status, at, cause }: WaitingNote) {
  return {
    ...{ indicatorId: entityId, status, at: new Date(at).toISOString() },
    ...(cause === undefined ? {} : { cause }),
  };
}
