import type { DeliveryData, DeliveryFailure, DeliveryQueue, Slots } from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import { XsoarError } from '@xsoar-intel/xsoar';
import type { Job } from 'bullmq';
import type { DeliveryResult } from './deliver.ts';

/** What the board and the CLI show of a failed attempt. Holds no header and no key. */
export function describeFailure(
  failed: Extract<DeliveryResult, { kind: 'failed' }>,
  reason: string,
  context: {
    worker: string;
    /** ms since 1970 */
    now: number;
    before: DeliveryFailure | undefined;
    attempts: number;
  },
): DeliveryFailure {
  const at = new Date(context.now).toISOString();
  const error = failed.error instanceof XsoarError ? failed.error : null;
  return {
    operation: failed.operation,
    version: failed.version,
    reason,
    message: failed.error.message,
    status: error?.status ?? null,
    body: error?.body ?? null,
    request: failed.request,
    firstFailureAt: context.before?.firstFailureAt ?? at,
    lastFailureAt: at,
    attempts: context.attempts,
    worker: context.worker,
    ...(failed.trace === undefined ? {} : { traceId: failed.trace.trace_id }),
  };
}

/**
 * Handles BullMQ's `failed`: a job that will not run again is a dead letter of
 * its entity, unless the entity moved on. Also for jobs that stalled out, which
 * no processor ever sees.
 */
export function createBurial(parts: {
  slots: Slots;
  queue: DeliveryQueue;
  logger: Logger;
  workerName: string;
  onDead(reason: string): void;
  /** Told of each dead letter, beside the metrics. Must not throw. */
  onBuried?(entityId: string, failure: DeliveryFailure, reason: string): void;
}) {
  return async (
    job: Job<DeliveryData, unknown, string> | undefined,
    error: Error,
  ): Promise<void> => {
    // Without `finishedOn` the attempt failed, not the job: it waits for its backoff.
    if (!job?.id || !job.finishedOn) return;
    const { entityId, lastError } = job.data;
    const noted = lastError !== undefined && lastError.message === error.message;
    const reason = noted ? finalReason(lastError.reason) : 'stalled';
    if (!noted) {
      const at = new Date(job.finishedOn).toISOString();
      await job.updateData({
        ...job.data,
        lastError: {
          operation: lastError?.operation ?? 'unknown',
          version: lastError?.version ?? '',
          reason,
          message: error.message,
          status: null,
          body: null,
          request: null,
          firstFailureAt: lastError?.firstFailureAt ?? at,
          lastFailureAt: at,
          attempts: job.attemptsMade,
          worker: parts.workerName,
        },
      });
    }
    const buried = await parts.slots.bury(entityId, job.id, noted ? lastError.version : '');
    if (buried.olderJob) await parts.queue.remove(buried.olderJob);
    if (buried.kind === 'gone') {
      await parts.queue.remove(job.id);
      return;
    }
    if (buried.kind === 'dead') {
      parts.onDead(reason);
      // `updateData` has put it there where it was not noted before.
      if (job.data.lastError) parts.onBuried?.(entityId, job.data.lastError, reason);
      parts.logger.error(
        {
          ...{ entityId, jobId: job.id, reason, attempts: job.attemptsMade },
          ...(lastError?.traceId === undefined ? {} : { trace_id: lastError.traceId }),
        },
        `dead letter: ${error.message}`,
      );
    }
  };
}

/** A retry reason on a job that will not run again means that its attempts are used up. */
function finalReason(reason: string): string {
  return ['rejected', 'too-large', 'bad-answer', 'internal'].includes(reason)
    ? reason
    : 'attempts-exhausted';
}
