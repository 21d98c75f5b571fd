/**
 * What kind of failure a call to OpenCTI's GraphQL met:
 * - `unauthorized`: the token is missing, wrong or not active;
 * - `forbidden`: its user lacks a capability;
 * - `not-found`: the object is unknown, or the address has no GraphQL;
 * - `rate-limited`: too many requests, see `retryAfterMs`;
 * - `unavailable`: the platform or a proxy before it fails at the moment;
 * - `network`: no answer: unreachable, timed out or aborted;
 * - `schema`: this version of the platform does not know what was asked;
 * - `refused`: the platform understood and said no;
 * - `bad-answer`: what came back is not an answer of OpenCTI's GraphQL.
 */
export type OpenctiErrorKind =
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'rate-limited'
  | 'unavailable'
  | 'network'
  | 'schema'
  | 'refused'
  | 'bad-answer';

/** What is known about a failed call. */
export interface OpenctiProblem {
  kind: OpenctiErrorKind;
  /** Code of GraphQL (`AUTH_REQUIRED`), of the network (`ECONNREFUSED`), or `HTTP_502` and the like. */
  code: string;
  words: string;
  /** The status that the platform means; with GraphQL errors HTTP itself says 200. */
  httpStatus?: number;
  /** How long the answer asks us to wait. */
  retryAfterMs?: number;
}

/**
 * A call to OpenCTI's GraphQL failed. Holds no headers, no request and no cause, since the errors
 * of HTTP clients carry the token along into logs.
 */
export class OpenctiError extends Error {
  override readonly name = 'OpenctiError';
  /** Which call failed, for example `ping`. */
  readonly operation: string;
  readonly kind: OpenctiErrorKind;
  readonly code: string;
  readonly httpStatus: number | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(operation: string, problem: OpenctiProblem) {
    super(`${problem.code}: ${operation}: ${problem.words}`);
    this.operation = operation;
    this.kind = problem.kind;
    this.code = problem.code;
    this.httpStatus = problem.httpStatus;
    this.retryAfterMs = problem.retryAfterMs;
  }
}
