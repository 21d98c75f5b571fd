/**
 * What a log shows of an error: known fields only. Errors of HTTP libraries carry whole requests,
 * headers included, so nothing is copied that is not named here.
 */
export interface SerializedError {
  type: string;
  message: string;
  stack?: string;
  code?: string | number;
  status?: number;
  kind?: string;
  operation?: string;
  cause?: SerializedError;
  /** The first errors of an AggregateError, such as one per address that was tried. */
  errors?: SerializedError[];
}

/** Characters of a message and of a stack. */
const MESSAGE_MAX = 2_048;
const STACK_MAX = 8_192;
/** Causes that are followed; a cycle of causes ends here. */
const DEPTH_MAX = 4;
const ERRORS_MAX = 4;

/** Turns whatever was thrown into {@link SerializedError}. Never throws. */
export function serializeError(error: unknown): SerializedError {
  return describe(error, DEPTH_MAX);
}

function describe(error: unknown, depth: number): SerializedError {
  if (!(error instanceof Error)) return { type: typeof error, message: textOf(error) };
  const result: SerializedError = {
    type: error.name || 'Error',
    message: cut(String(error.message), MESSAGE_MAX),
  };
  if (typeof error.stack === 'string') result.stack = cut(error.stack, STACK_MAX);
  const { code, status, kind, operation, cause, errors } = error as Error & Partial<Fields>;
  if (typeof code === 'string' || typeof code === 'number') result.code = code;
  if (typeof status === 'number') result.status = status;
  if (typeof kind === 'string') result.kind = kind;
  if (typeof operation === 'string') result.operation = operation;
  if (depth > 0 && cause !== undefined && cause !== null) result.cause = describe(cause, depth - 1);
  if (depth > 0 && Array.isArray(errors)) {
    result.errors = errors.slice(0, ERRORS_MAX).map((each: unknown) => describe(each, depth - 1));
  }
  return result;
}

type Fields = Record<'code' | 'status' | 'kind' | 'operation' | 'cause' | 'errors', unknown>;

/** Something that is no error was thrown: its text, never its fields. */
function textOf(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null) return 'an object that is not an Error';
  return cut(String(thrown), MESSAGE_MAX);
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`;
}
