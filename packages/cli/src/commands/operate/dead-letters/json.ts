import type { DeadLetter } from '@xsoar-intel/pipeline';

/** A dead letter as programs read it. */
export function jsonOf({ jobId, entityId, at, reason, message, failure }: DeadLetter) {
  return {
    jobId,
    entityId,
    deadSince: new Date(at).toISOString(),
    reason,
    message,
    operation: failure?.operation ?? null,
    version: failure?.version || null,
    status: failure?.status ?? null,
    type: failure?.type ?? null,
    value: failure?.value ?? null,
    attempts: failure?.attempts ?? null,
    firstFailureAt: failure?.firstFailureAt ?? null,
    lastFailureAt: failure?.lastFailureAt ?? null,
    worker: failure?.worker ?? null,
    traceId: failure?.traceId ?? null,
    answer: failure?.answer ?? null,
    request: failure?.request ?? null,
  };
}
