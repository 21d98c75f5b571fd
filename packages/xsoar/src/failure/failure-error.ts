import type { WireFailure, WirePhase } from '../http/exchange.ts';
import { XsoarError, type XsoarOperation } from '../xsoar-error.ts';
import { adviceForNetwork } from './advice.ts';

const DURING: Record<WirePhase, string> = {
  connect: 'before it was sent',
  wait: 'while waiting for the answer',
  read: 'while reading the answer',
};

/** Reads change nothing, so they never leave a doubt. */
export function isWrite(operation: XsoarOperation): boolean {
  return operation !== 'search' && operation !== 'probe';
}

/** The error for a request that got no answer, or too much of one. */
export function failureError(
  failure: WireFailure,
  operation: XsoarOperation,
  context: { origin: string; timeoutMs: number; maxAnswerBytes: number },
): XsoarError {
  const { reason, phase, cause } = failure;
  const uncertain = isWrite(operation) && phase !== 'connect';
  const base = { operation, uncertain, ...(cause === undefined ? {} : { cause }) };
  const at = DURING[phase];
  switch (reason) {
    case 'timeout':
      return new XsoarError({
        ...base,
        kind: 'timeout',
        message: `${operation}: timed out after ${context.timeoutMs} ms ${at} (${context.origin})`,
      });
    case 'aborted':
      return new XsoarError({ ...base, kind: 'aborted', message: `${operation}: given up ${at}` });
    case 'too-large':
      return new XsoarError({
        ...base,
        kind: 'bad-answer',
        message: `${operation}: the answer of ${context.origin} is larger than ${context.maxAnswerBytes} bytes`,
      });
    case 'network':
      return networkError(base, cause, at, context.origin);
  }
}

function networkError(
  base: { operation: XsoarOperation; uncertain: boolean },
  cause: unknown,
  at: string,
  origin: string,
): XsoarError {
  const { code, text } = describe(cause);
  const slow = code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT';
  const advice = adviceForNetwork(code);
  return new XsoarError({
    ...base,
    kind: slow ? 'timeout' : 'network',
    message: `${base.operation}: connection to ${origin} failed ${at}: ${text}${advice === '' ? '' : `; ${advice}`}`,
    cause,
  });
}

/** Code and words of a network error; of several addresses tried, those of the first. */
function describe(cause: unknown): { code: string; text: string } {
  const error = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  if (!(error instanceof Error)) return { code: '', text: String(cause) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { code, text: error.message === '' ? code || error.name : error.message };
}
