/** How a delivery job reads on Bull Board: what went wrong first, then all the rest. */
import { entityOf, failureOf } from '@xsoar-intel/pipeline';

/** Characters of a value in a title. */
const TITLE_VALUE = 80;

/**
 * Title of a job: `rejected 400 · upsert · <value>`, with the entity where no value was noted,
 * `deliver · <entity>` while all is well, `delivered · <entity>` at its end, whatever an earlier
 * attempt had noted. The board shows the entity beside it, as the deduplication key.
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
  return `${reason} · ${failure.operation} · ${brief(failure.value ?? '') || entity}`;
}

/** Its beginning, where it is longer than a title has room for; never half a character. */
function brief(value: string): string {
  const characters = [...value];
  if (characters.length <= TITLE_VALUE) return value;
  return `${characters.slice(0, TITLE_VALUE).join('')}…`;
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
