/**
 * Reconciles by the clock, for as long as this ingest leads.
 *
 *   resting ──the interval is over, or a run was stopped──▶ running ──ended or failed──▶ resting
 *
 * When the last run ended stands in Redis, so whoever leads next goes by the same clock, and goes
 * on with a run that was cut off.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  driftOf,
  type Keys,
  type Office,
  type Redis,
  type Report,
  readLastReport,
  takeOffice,
} from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';

/** How it is done. */
export interface Reconciliation {
  intervalMs: number;
  /** Runs once, from where a run was stopped. Rejects where a listing cannot be trusted. */
  run(signal: AbortSignal, fence: Office['fence']): Promise<Report>;
}

/** Parts of it. */
export interface ScheduleParts {
  redis: Redis;
  keys: Keys;
  logger: Logger;
  onRun(outcome: RunOutcome): void;
}

/** Closed, used as a metric label. */
export const RUN_OUTCOMES = ['agreed', 'differed', 'stopped'] as const;
/** How a run ended. */
export type RunOutcome = (typeof RUN_OUTCOMES)[number];

/** Between two looks at the clock, in ms; more often for short intervals. */
const LOOK_MS = 60_000;

/** Begins; the function that it returns ends it. */
export function reconcileByTheClock(
  { intervalMs, run }: Reconciliation,
  { redis, keys, logger, onRun }: ScheduleParts,
): () => Promise<void> {
  const stop = new AbortController();
  const lookMs = Math.min(LOOK_MS, intervalMs / 12);

  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      await sleep(lookMs, undefined, { signal: stop.signal });
      const last = await readLastReport(redis, keys);
      if (last !== null && Date.now() - last.finishedAt < intervalMs) continue;
      // An operator's own run counts too: it is no failure to wait for it.
      const office = await takeOffice(redis, keys, lookMs, stop.signal);
      if (office === null) continue;
      try {
        await once(AbortSignal.any([stop.signal, office.lost]), office.fence);
      } finally {
        await office.leave();
      }
    }
  }

  async function once(signal: AbortSignal, fence: Office['fence']): Promise<void> {
    logger.info('reconciling XSOAR with OpenCTI');
    const report = await run(signal, fence);
    const drift = driftOf(report.counts);
    onRun(drift === 0 ? 'agreed' : 'differed');
    const { counts, deletesRefused } = report;
    if (drift === 0) logger.info({ counts }, 'XSOAR and OpenCTI agree');
    else logger.warn({ counts, deletesRefused }, 'XSOAR and OpenCTI differ');
  }

  async function keepOn(): Promise<void> {
    while (!stop.signal.aborted) {
      try {
        await loop();
      } catch (error) {
        if (stop.signal.aborted) return;
        onRun('stopped');
        const reason = error instanceof Error ? error.message : String(error);
        logger.warn({ reason }, 'the reconciliation stopped; it goes on from there');
        // Not at once: whatever it was, it lasts a while.
        await sleep(LOOK_MS, undefined, { signal: stop.signal }).catch(() => {});
      }
    }
  }

  const running = keepOn();
  return async () => {
    stop.abort(new Error('stopped'));
    await running;
  };
}
