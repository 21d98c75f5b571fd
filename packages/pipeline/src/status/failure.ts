/**
 * What a delivery job says of its failure. Job data comes out of Redis and holds
 * what feeds and XSOAR wrote, so nothing of its shape is taken for granted.
 */

/** A failure as far as it is known; null or '' where it is not. */
export interface NotedFailure {
  /** Outcome reason, such as `rejected`; `unknown` where nobody noted one. */
  reason: string;
  operation: string;
  version: string;
  message: string;
  /** HTTP status of XSOAR's answer. */
  status: number | null;
  /** The indicator value and XSOAR type that were to be pushed; the first of several. */
  value: string | null;
  type: string | null;
  attempts: number | null;
  firstFailureAt: string | null;
  lastFailureAt: string | null;
  worker: string | null;
  /** The trace that the last attempt belongs to; null where it was not recorded. */
  traceId: string | null;
  /** XSOAR's answer and the mapped request: parsed where they are whole JSON, else text. */
  answer: unknown;
  request: unknown;
}

/** The entity that a job delivers; '' where the data is not ours. */
export function entityOf(data: unknown): string {
  return text(field(data, 'entityId')) ?? '';
}

/** The failure that the last attempt noted in the job's data, or null. */
export function failureOf(data: unknown): NotedFailure | null {
  const noted = field(data, 'lastError');
  if (typeof noted !== 'object' || noted === null) return null;
  const request = parsed(field(noted, 'request'));
  const first: unknown = Array.isArray(request) ? request[0] : request;
  return {
    reason: text(field(noted, 'reason')) ?? 'unknown',
    operation: text(field(noted, 'operation')) ?? 'unknown',
    version: text(field(noted, 'version')) ?? '',
    message: text(field(noted, 'message')) ?? '',
    status: number(field(noted, 'status')),
    value: text(field(first, 'value')) ?? cutValue(first),
    type: text(field(first, 'indicator_type')),
    attempts: number(field(noted, 'attempts')),
    firstFailureAt: text(field(noted, 'firstFailureAt')),
    lastFailureAt: text(field(noted, 'lastFailureAt')),
    worker: text(field(noted, 'worker')),
    traceId: text(field(noted, 'traceId')),
    answer: parsed(field(noted, 'body')),
    request,
  };
}

function field(of: unknown, name: string): unknown {
  if (typeof of !== 'object' || of === null || !Object.hasOwn(of, name)) return undefined;
  return Reflect.get(of, name);
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** JSON text as what it says; anything else as it is. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? null;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** The value out of a request that was cut off at its end: mappings write it first. */
function cutValue(request: unknown): string | null {
  const start = '{"value":"';
  if (typeof request !== 'string' || !request.startsWith(start)) return null;
  for (let end = start.length; end < request.length; end += 1) {
    if (request[end] === '\\') end += 1;
    else if (request[end] === '"') return text(parsed(request.slice(start.length - 1, end + 1)));
  }
  return null;
}
