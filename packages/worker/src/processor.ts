/**
 * What a delivery's result means to its BullMQ job:
 *
 *   delivered, superseded, lost ─▶ completed
 *   Redis refused               ─▶ delayed                                    (no attempt burnt)
 *   busy                        ─▶ delayed until the lease can have run out   (no attempt burnt)
 *   held, hold                  ─▶ back to wait; this process stops taking jobs (no attempt burnt)
 *   debounced                   ─▶ delayed until it is time                   (no attempt burnt)
 *   delete held                 ─▶ completed; the sweeper brings it back when deletes go on
 *   outage while others fail too─▶ delayed                                    (no attempt burnt)
 *   retry                       ─▶ failed attempt, backoff; the last one is a dead letter
 *   dead                        ─▶ dead letter at once
 */
import {
  type BackoffBounds,
  backoffMs,
  type DeadReason,
  type DecidedHold,
  type DeliveryData,
  type DeliveryQueue,
  type FailureOutcome,
  type HoldKind,
  type Holds,
  steadyBackoffMs,
} from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import { DelayedError, type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { describeFailure } from './dead-letter.ts';
import { type DeliveryParts, type DeliveryResult, deliver } from './deliver.ts';
import { DeliveryError } from './delivery-error.ts';

/** Everything the processor needs beside the delivery itself. */
export interface ProcessorParts extends DeliveryParts {
  queue: DeliveryQueue;
  holds: Holds;
  logger: Logger;
  /** Name of this worker, for holds and dead letters. */
  workerName: string;
  /** Backoff of a single entity. */
  backoff: BackoffBounds;
  /** Time between probes while deliveries are held. */
  holdBackoff: BackoffBounds;
  /** Outage failures in a row, of all workers, that open the circuit. */
  circuitFailures: number;
  random(): number;
  /** A hold was met or opened: stop taking jobs for now. */
  onHeld(): void;
  /** Told of each entity that was delivered, beside the metrics. Must not throw. */
  onDelivered?(entityId: string, result: Extract<DeliveryResult, { kind: 'delivered' }>): void;
  /** Tells metrics. */
  onResult(result: DeliveryResult, seconds: number, queuedAt: number): void;
}

/** Wait before a delivery is tried again that Redis refused, in ms. */
const REDIS_REFUSED_MS = 2_000;

type DeliveryJob = Job<DeliveryData, unknown, string>;
type Failed = Extract<DeliveryResult, { kind: 'failed' }>;

/**
 * Sleep of a job that found a lease taken: short at first, since the holder is
 * mostly done in a moment, and never longer than the lease lasts.
 */
const BUSY = { minMs: 50, maxMs: 2_000 };

const EXCLUDED = "not in XSOAR: the value is on XSOAR's exclusion list";

/** Makes the function that BullMQ calls for each job; what it returns is for the board. */
export function createProcessor(parts: ProcessorParts) {
  return async (
    job: DeliveryJob,
    token?: string,
    signal?: AbortSignal,
  ): Promise<string | undefined> => {
    const probes = new Set<HoldKind>();
    try {
      return await processJob(parts, job, token, signal ?? new AbortController().signal, probes);
    } catch (error) {
      if (isVerdict(error)) throw error;
      // Not the entity's fault, so no attempt is burnt. A lease that could not be
      // given back runs out, and the next push is provisional.
      parts.logger.warn({ err: error }, 'Redis refused a step of a delivery; it is tried again');
      // What is refused as well ends by itself: a probe with the lease, and a job that could not
      // be moved is taken for stalled once its lock has run out.
      await Promise.allSettled([...probes].map((kind) => parts.holds.releaseProbe(kind)));
      await job.moveToDelayed(Date.now() + REDIS_REFUSED_MS, token).catch(() => {});
      throw new DelayedError();
    }
  };
}

/** What BullMQ is told by an error of ours; anything else is Redis' refusal. */
function isVerdict(error: unknown): boolean {
  return [DelayedError, WaitingError, UnrecoverableError, DeliveryError].some(
    (verdict) => error instanceof verdict,
  );
}

async function processJob(
  parts: ProcessorParts,
  job: DeliveryJob,
  token: string | undefined,
  signal: AbortSignal,
  probes: Set<HoldKind>,
): Promise<string> {
  const { entityId } = job.data;
  const started = performance.now();
  const lease = `${token ?? ''}:${job.attemptsStarted}`;
  const result = await deliver(parts, entityId, lease, job.id ?? '', signal, probes);
  parts.onResult(result, (performance.now() - started) / 1_000, job.timestamp);
  await settleProbes(parts, result, probes);
  switch (result.kind) {
    case 'delivered':
      parts.onDelivered?.(entityId, result);
      if (result.skip !== null) {
        const { reason, detail } = result.skip;
        parts.logger.info({ entityId, reason, ...result.trace }, `not pushed: ${detail}`);
      }
      // Once for each value: it stays as it is until somebody takes it off the list.
      for (const value of result.newlyExcluded) {
        parts.logger.info({ entityId, value, ...result.trace }, EXCLUDED);
      }
      if (result.deadLetterJob) await parts.queue.remove(result.deadLetterJob);
      return 'delivered';
    case 'superseded':
    case 'lost':
      return 'superseded';
    case 'busy': {
      const waitMs = backoffMs(job.attemptsStarted, BUSY, parts.random());
      return delayJob(job, token, Math.min(waitMs, result.waitMs + 10));
    }
    case 'debounced':
      return delayJob(job, token, result.waitMs);
    case 'delete-held':
      if (result.opened) {
        const hold = (await parts.holds.list()).find(({ kind }) => kind === 'delete-storm');
        parts.logger.error(
          { hold: 'delete-storm', reason: hold?.reason },
          'deletes are held until somebody resumes; all else goes on',
        );
      }
      return 'held';
    case 'held':
      return holdJob(parts, job, token);
    case 'failed':
      return failJob(parts, job, token, result, probes.size > 0);
  }
}

/** A probe that was answered ends its holds; one that found nothing out of them lets another go. */
async function settleProbes(
  parts: ProcessorParts,
  result: DeliveryResult,
  probes: ReadonlySet<HoldKind>,
): Promise<void> {
  const answered =
    result.kind === 'delivered'
      ? result.answered
      : result.kind === 'failed' &&
        result.outcome.kind === 'dead' &&
        result.outcome.reason !== 'internal';
  const prolonged = result.kind === 'failed' ? holdOf(result.outcome) : null;
  for (const kind of probes) {
    if (answered) {
      await parts.holds.clear(kind);
      parts.logger.info({ hold: kind }, 'deliveries go on: XSOAR answered the probe');
    } else if (kind !== prolonged) {
      await parts.holds.releaseProbe(kind);
    }
  }
}

/** The hold that a failure opens or prolongs where it is that of a probe. */
function holdOf(outcome: FailureOutcome): HoldKind | null {
  if (outcome.kind === 'hold') return outcome.hold;
  return outcome.kind === 'retry' && outcome.outage ? 'outage' : null;
}

async function delayJob(
  job: DeliveryJob,
  token: string | undefined,
  waitMs: number,
): Promise<never> {
  await job.moveToDelayed(Date.now() + waitMs, token);
  throw new DelayedError();
}

/** Gives the job back to the head of the queue. */
async function returnJob(job: DeliveryJob, token: string | undefined): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

async function holdJob(
  parts: ProcessorParts,
  job: DeliveryJob,
  token: string | undefined,
): Promise<never> {
  parts.onHeld();
  return returnJob(job, token);
}

/** Opens or prolongs a hold; returns for how long, in ms. */
async function openHold(
  parts: ProcessorParts,
  kind: Exclude<HoldKind, DecidedHold>,
  failed: Failed,
  afterMs: number | null,
): Promise<number> {
  const before = (await parts.holds.list()).find((hold) => hold.kind === kind);
  // A 0, or a date that has passed, asks for nothing.
  const forMs = afterMs || steadyBackoffMs((before?.times ?? 0) + 1, parts.holdBackoff);
  const hold = await parts.holds.open(kind, {
    reason: failed.error.message,
    by: parts.workerName,
    forMs,
  });
  const entry = { hold: kind, reason: hold.reason, forMs, times: hold.times };
  if (hold.changed && hold.times === 1) parts.logger.error(entry, 'deliveries are held');
  else if (hold.changed) parts.logger.warn(entry, 'deliveries stay held: the probe failed');
  parts.onHeld();
  return forMs;
}

async function failJob(
  parts: ProcessorParts,
  job: DeliveryJob,
  token: string | undefined,
  failed: Failed,
  isProbe: boolean,
): Promise<never> {
  const { outcome } = failed;
  const { entityId } = job.data;
  if (outcome.kind === 'hold') {
    await openHold(parts, outcome.hold, failed, outcome.afterMs);
    return returnJob(job, token);
  }
  if (outcome.kind === 'dead') {
    await noteFailure(parts, job, failed, outcome.reason);
    throw new UnrecoverableError(failed.error.message);
  }
  if (outcome.reason === 'shutdown') return returnJob(job, token);

  const delayMs = Math.max(
    outcome.afterMs ?? 0,
    backoffMs(failed.failures, parts.backoff, parts.random()),
  );
  parts.logger.warn(
    { entityId, reason: outcome.reason, failures: failed.failures, delayMs, ...failed.trace },
    failed.error.message,
  );
  if (outcome.outage) {
    if (isProbe || failed.row + 1 >= parts.circuitFailures) {
      // The job goes behind the others, so that another entity may be the next probe.
      const heldMs = await openHold(parts, 'outage', failed, outcome.afterMs);
      return delayJob(job, token, heldMs + delayMs);
    }
    // Others fail too: it is XSOAR, not this entity, so no attempt is burnt.
    if (failed.row > 0) return delayJob(job, token, delayMs);
  }
  await noteFailure(parts, job, failed, outcome.reason);
  throw new DeliveryError(failed.error.message, delayMs);
}

/** Writes into the job what the board shows of its failure. */
async function noteFailure(
  parts: ProcessorParts,
  job: DeliveryJob,
  failed: Failed,
  reason: DeadReason | string,
): Promise<void> {
  const lastError = describeFailure(failed, reason, {
    worker: parts.workerName,
    now: parts.now(),
    before: job.data.lastError,
    attempts: job.attemptsMade + 1,
  });
  await job.updateData({ ...job.data, lastError });
}
