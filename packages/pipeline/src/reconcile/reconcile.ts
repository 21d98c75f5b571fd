/**
 * Compares XSOAR with OpenCTI, whole or in part, and has repaired what differs. See run-store.ts
 * for the phases, docs/reconcile.md for what it finds and what guards it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LostRunError } from './errors.ts';
import type { Fence } from './fence.ts';
import { createGate, type Waiting } from './gate.ts';
import { createLookups, type LookParts } from './look.ts';
import type { PhaseParts } from './parts.ts';
import { confirm } from './phase-confirm.ts';
import { lookForExtras } from './phase-held.ts';
import { recheck } from './phase-recheck.ts';
import { relist } from './phase-relist.ts';
import { repair } from './phase-repair.ts';
import { walk } from './phase-walk.ts';
import type { Report } from './report.ts';
import { openRun, PHASES, type Phase, type RunOptions } from './run-store.ts';
import { readBounds } from './stream-head.ts';

/** What a reconciliation works with. */
export interface ReconcileParts
  extends LookParts,
    Pick<
      PhaseParts,
      | 'queue'
      | 'stream'
      | 'source'
      | 'removes'
      | 'maxDeleteShare'
      | 'allowDeletes'
      | 'startAt'
      | 'signal'
      | 'onProgress'
      | 'now'
    > {
  /** False: deletes of OpenCTI are not followed, so nothing is too many. */
  followsDeletes: boolean;
  /** By which this process's writes are refused once another has the office; null: never. */
  fence: Fence | null;
  /** Told which live deliveries are waited for; null when it goes on. */
  onWait(waiting: Waiting | null): void;
  /** Told once, when the run is known. */
  onStart(run: { id: string; resumed: boolean }): void;
  /** Told of a page that failed and is asked for again. */
  onRetry(error: Error): void;
  /** Attempts at a phase in a row that bring nothing, before the run stops. Default 3. */
  attempts?: number;
  /** Between two attempts in ms, longer each time. Default 1000. */
  retryMs?: number;
}

const PHASE_OF: Readonly<Record<Phase, (parts: PhaseParts) => Promise<void>>> = {
  walk,
  confirm,
  held: lookForExtras,
  recheck,
  relist,
  repair,
};

/**
 * Runs to the end, or throws: a {@link ListingError} where a listing cannot be trusted, whatever a
 * client throws where a side is away. What was done stays done, and the same call goes on there.
 * @param restart begin anew, even where a run was stopped
 */
export async function reconcile(
  parts: ReconcileParts,
  options: RunOptions,
  restart = false,
): Promise<Report> {
  const { redis, keys, now, signal } = parts;
  const begin = { now: now(), bounds: () => readBounds(parts), restart };
  const run = await openRun(redis, keys, options, begin, parts.fence);
  parts.onStart({ id: run.state.id, resumed: run.resumed });
  const phases: PhaseParts = {
    ...parts,
    run,
    lookups: createLookups(parts.xsoar),
    gate: createGate(redis, keys, parts.onWait),
  };
  for (const phase of PHASES.slice(PHASES.indexOf(run.state.phase))) {
    if (phase === 'held' && !parts.followsDeletes) {
      const note =
        'deletes are not followed (CONNECTOR_LIVE_STREAM_LISTEN_DELETE): nothing is too many';
      await run.commit({ set: { phase: 'recheck', listAt: 0, notes: [...run.state.notes, note] } });
      continue;
    }
    await withRetries(
      parts,
      () => PHASE_OF[phase](phases),
      () => JSON.stringify(run.state),
    );
    signal.throwIfAborted();
  }
  return run.finish(now());
}

/** A phase goes on where its last step ended, so a failure is worth another attempt. */
async function withRetries(
  { attempts = 3, retryMs = 1_000, onRetry, signal }: ReconcileParts,
  attempt: () => Promise<void>,
  place: () => string,
): Promise<void> {
  let failures = 0;
  for (;;) {
    const before = place();
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || !(error instanceof Error)) throw error;
      failures = place() === before ? failures + 1 : 1;
      // Redis refused: it would do so again.
      if (failures >= attempts || error.name === 'ReplyError' || error instanceof LostRunError) {
        throw error;
      }
      onRetry(error);
      await sleep(retryMs * failures, undefined, { signal });
    }
  }
}
