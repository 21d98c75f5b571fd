import { parseRetryAfter } from '../retry-after.ts';
import { isJsonObject } from '../stix.ts';
import type { OpenctiErrorKind, OpenctiProblem } from './opencti-error.ts';

/** An HTTP answer to a GraphQL request. */
export interface GraphqlAnswer {
  status: number;
  text: string;
  location?: string | undefined;
  retryAfter?: string | undefined;
}

/** What the answer says: the data that came (null when none), and what went wrong, if anything. */
export interface GraphqlOutcome {
  data: Record<string, unknown> | null;
  problem: OpenctiProblem | null;
}

/** Codes of OpenCTI (`config/errors`) and of the GraphQL server below it. */
const kinds = new Map<string, OpenctiErrorKind>([
  ['AUTH_REQUIRED', 'unauthorized'],
  ['AUTH_FAILURE', 'unauthorized'],
  ['OTP_REQUIRED', 'unauthorized'],
  ['LTS_REQUIRED_ACTIVATION', 'unauthorized'],
  ['FORBIDDEN_ACCESS', 'forbidden'],
  ['PASSWORD_CHANGE_REQUIRED', 'forbidden'],
  ['RESOURCE_NOT_FOUND', 'not-found'],
  ['GRAPHQL_VALIDATION_FAILED', 'schema'],
  ['GRAPHQL_PARSE_FAILED', 'schema'],
  ['BAD_USER_INPUT', 'schema'],
  ['FUNCTIONAL_ERROR', 'refused'],
  ['VALIDATION_ERROR', 'refused'],
  ['DATABASE_ERROR', 'unavailable'],
  ['LOCK_ERROR', 'unavailable'],
  ['UNKNOWN_ERROR', 'unavailable'],
  ['INTERNAL_SERVER_ERROR', 'unavailable'],
  ['CLIENT_ABORT_ERROR', 'unavailable'],
]);

/**
 * Judges an answer. OpenCTI sends GraphQL errors with HTTP 200, so the body decides where it is
 * GraphQL, and the status only where it is not. Data can come beside an error.
 *
 * @param now epoch milliseconds, for a `Retry-After` that is a date.
 */
export function judgeGraphql(answer: GraphqlAnswer, now: number): GraphqlOutcome {
  const body = parseJson(answer.text);
  const data = isJsonObject(body) && isJsonObject(body.data) ? body.data : null;
  const first = isJsonObject(body) && Array.isArray(body.errors) ? body.errors[0] : undefined;
  if (isJsonObject(first)) return { data, problem: withWait(problemOf(first), answer, now) };
  if (answer.status === 200 && data !== null) return { data, problem: null };
  return { data: null, problem: withWait(problemOfStatus(answer), answer, now) };
}

function problemOf(error: Record<string, unknown>): OpenctiProblem {
  const extensions = isJsonObject(error.extensions) ? error.extensions : {};
  const details = isJsonObject(extensions.data) ? extensions.data : error.data;
  const status = isJsonObject(details) ? details.http_status : undefined;
  const httpStatus = typeof status === 'number' ? status : undefined;
  const words = typeof error.message === 'string' ? error.message : 'no message';

  // Older platforms put the code, spelled in camel case, into `name` only.
  const candidates = [extensions.code, error.name].flatMap((code) => codeOf(code) ?? []);
  const code = candidates.find((c) => kinds.has(c)) ?? candidates[0] ?? 'UNKNOWN';
  let kind = kinds.get(code) ?? kindOfStatus(httpStatus) ?? 'refused';
  // A ping of a connector that was deleted in the interface: no code of its own.
  if (kind === 'refused' && /no connector found/i.test(words)) kind = 'not-found';
  // Limits of single mutations are functional errors too; how long to wait stands beside.
  if (kind === 'refused' && /^too many requests/i.test(words)) kind = 'rate-limited';
  const wait = isJsonObject(details) ? details.retry_after_ms : undefined;
  return {
    ...{ kind, code, words },
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(typeof wait === 'number' && wait >= 0 ? { retryAfterMs: wait } : {}),
  };
}

function codeOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\w{1,60}$/.test(value)) return undefined;
  return value.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase();
}

function problemOfStatus({ status, text, location }: GraphqlAnswer): OpenctiProblem {
  if (status === 200) {
    const page = /^\s*<(!doctype|html)/i.test(text.slice(0, 200));
    const words = page
      ? 'a web page came back: a login page, a proxy or a wrong OPENCTI_URL'
      : 'the answer is not GraphQL';
    return { kind: 'bad-answer', code: 'BAD_ANSWER', words, httpStatus: status };
  }
  const code = `HTTP_${status}`;
  if (status >= 300 && status < 400) {
    const words = `redirected to ${location ?? 'nowhere'}: not followed; set OPENCTI_URL to the final address`;
    return { kind: 'bad-answer', code, words, httpStatus: status };
  }
  const kind = kindOfStatus(status) ?? 'refused';
  return { kind, code, words: `answered with status ${status}`, httpStatus: status };
}

function kindOfStatus(status: number | undefined): OpenctiErrorKind | undefined {
  if (status === undefined) return undefined;
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 429) return 'rate-limited';
  if (status === 408 || status >= 500) return 'unavailable';
  return undefined;
}

function withWait(problem: OpenctiProblem, answer: GraphqlAnswer, now: number): OpenctiProblem {
  const wait = parseRetryAfter(answer.retryAfter, now);
  return wait === null ? problem : { ...problem, retryAfterMs: wait };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
