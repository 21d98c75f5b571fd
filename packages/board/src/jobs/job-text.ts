/** How a delivery job reads on Bull Board: what went wrong first, then all the rest. */
import { entityOf, failureOf } from '@xsoar-intel/pipeline';

/**
 * Title of a job: `rejected 400 · upsert · <entity>`, `deliver · <entity>` while all is well,
 * `delivered · <entity>` at its end, whatever an earlier attempt had noted.
 */
export function jobTitle(job: {
  name: string;
  data: unknown;
  failedReason?: unknown;
  returnvalue?: unknown;
}): string {
  const entity = entityOf(job.data) || 'unknown entity';
  if (typeof job.returnvalue === 'string') return `${job.returnvalue} · ${entity}`;
  const failure = failureOf(job.data);
  if (failure === null) return `${job.failedReason ? 'failed' : job.name} · ${entity}`;
  const reason = failure.status === null ? failure.reason : `${failure.reason} ${failure.status}`;
  return `${reason} · ${failure.operation} · ${entity}`;
}

/** Data of a job in the order in which an analyst asks; as it is where it is not ours. */
export function jobData(data: unknown): unknown {
  const failure = failureOf(data);
  if (failure === null) return data;
  const { reason, status, message, value, type, operation, answer, request, ...others } = failure;
  return {
    reason,
    status,
    message,
    value,
    type,
    operation,
    entityId: entityOf(data),
    answer,
    ...others,
    request,
  };
}
