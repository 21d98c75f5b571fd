/** What was asked of XSOAR. `delete` is `batchDelete`; `probe` covers every read that checks the connection. */
export type XsoarOperation = 'create' | 'edit' | 'delete' | 'search' | 'probe';

/**
 * Why a request did not do what it was to do:
 * - `status`: XSOAR (or something before it) answered with a status that is no success
 * - `timeout`: no complete answer in time
 * - `network`: DNS, refused or cut connection, TLS
 * - `redirect`: a 3xx, which is never followed: it would carry the key elsewhere
 * - `not-json`: a success that is no JSON, the mark of a wrong base URL
 * - `aborted`: the caller's signal
 * - `bad-answer`: JSON of a shape that is not XSOAR's, or too large, or an error under status 200
 */
export type XsoarErrorKind =
  | 'status'
  | 'timeout'
  | 'network'
  | 'redirect'
  | 'not-json'
  | 'aborted'
  | 'bad-answer';

/** Everything that an {@link XsoarError} carries. */
export interface XsoarErrorFields {
  kind: XsoarErrorKind;
  operation: XsoarOperation;
  /** For operators: what happened, what it means, what to do. Never holds the key. */
  message: string;
  /**
   * The request may have taken effect, or may still do so: a time-out, a cut
   * connection or a 5xx after a write was sent. Always false for reads, and for
   * what failed before the first byte left.
   */
  uncertain: boolean;
  /** HTTP status, where there was an answer. */
  status?: number;
  /** `id` of XSOAR's error envelope, such as `errOptimisticLock` or `bad_request`. */
  errorId?: string;
  /** `Retry-After` as it was sent. */
  retryAfter?: string;
  /** The beginning of the answer's text, at most 4 KiB. */
  body?: string;
  cause?: unknown;
}

/** The one error of this package. Safe to log: it holds no key and no request header. */
export class XsoarError extends Error {
  override readonly name = 'XsoarError';
  readonly kind: XsoarErrorKind;
  readonly operation: XsoarOperation;
  readonly uncertain: boolean;
  // Declared only: as fields they would be there, undefined, in every error and its JSON.
  declare readonly status?: number;
  declare readonly errorId?: string;
  declare readonly retryAfter?: string;
  declare readonly body?: string;

  constructor(fields: XsoarErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.kind = fields.kind;
    this.operation = fields.operation;
    this.uncertain = fields.uncertain;
    if (fields.status !== undefined) this.status = fields.status;
    if (fields.errorId !== undefined) this.errorId = fields.errorId;
    if (fields.retryAfter !== undefined) this.retryAfter = fields.retryAfter;
    if (fields.body !== undefined) this.body = fields.body;
  }

  /**
   * Makes an XsoarError of anything thrown. An XsoarError is returned as it is;
   * anything else becomes a `network` error whose effect is not known.
   */
  static from(thrown: unknown, operation: XsoarOperation): XsoarError {
    if (thrown instanceof XsoarError) return thrown;
    return new XsoarError({
      kind: 'network',
      operation,
      uncertain: operation !== 'search' && operation !== 'probe',
      message: `${operation} failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      cause: thrown,
    });
  }

  /** An equal error with its own stack, for each of several callers who shared one request. */
  copy(): XsoarError {
    return new XsoarError({ ...this, message: this.message, cause: this.cause });
  }
}
