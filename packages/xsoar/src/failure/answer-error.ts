import type { Endpoint } from '../endpoint.ts';
import type { WireAnswer } from '../http/exchange.ts';
import { XsoarError, type XsoarErrorKind, type XsoarOperation } from '../xsoar-error.ts';
import { adviceForPage, adviceForRedirect, adviceForStatus } from './advice.ts';
import { isPage, readAnswerText } from './answer-text.ts';
import { isWrite } from './failure-error.ts';

/** Of an answer's text an error keeps this much; bytes. */
export const MAX_ERROR_BODY = 4096;

/** What goes into an error besides the answer. */
export interface AnswerContext {
  operation: XsoarOperation;
  endpoint: Endpoint;
  /** Takes the key out of a text: a server may echo what it was sent. */
  redact(text: string): string;
}

/** The error for an answer whose status is no success. */
export function statusError(answer: WireAnswer, context: AnswerContext): XsoarError {
  const { status } = answer;
  const { operation, endpoint } = context;
  const { errorId, detail } = readAnswerText(answer);
  const { api } = endpoint;
  if (status >= 300 && status < 400) {
    const target = URL.parse(answer.headers.get('location') ?? '', endpoint.origin)?.origin;
    return answerError(answer, context, {
      kind: 'redirect',
      message: `${operation}: HTTP ${status}, ${endpoint.origin} sends us ${target ? `to ${target}` : 'elsewhere'}; ${adviceForRedirect(api)}`,
      uncertain: false,
    });
  }
  const advice = adviceForStatus(status, { api, hasErrorId: errorId !== undefined });
  const words = [detail === undefined ? '' : `"${detail}"`, advice].filter((word) => word !== '');
  return answerError(answer, context, {
    kind: 'status',
    message: `${operation}: HTTP ${status} from ${endpoint.origin}${endpoint.basePath}${words.length > 0 ? `: ${words.join('; ')}` : ''}`,
    // After these nobody knows whether it was done: the answer may be a proxy's.
    uncertain: isWrite(operation) && (status >= 500 || status === 408),
    ...(errorId === undefined ? {} : { errorId }),
  });
}

/** The error for a success that is no JSON. */
export function notJsonError(answer: WireAnswer, context: AnswerContext): XsoarError {
  const { operation, endpoint } = context;
  const type = answer.headers.get('content-type') ?? 'no content type';
  if (!isPage(answer) && type.toLowerCase().includes('json')) {
    return answerError(answer, context, {
      kind: 'bad-answer',
      message: `${operation}: HTTP ${answer.status} from ${endpoint.origin} whose JSON is damaged or cut`,
      uncertain: isWrite(operation),
    });
  }
  return answerError(answer, context, {
    kind: 'not-json',
    message: `${operation}: HTTP ${answer.status} from ${endpoint.origin}${endpoint.basePath} with ${isPage(answer) ? 'a web page' : type} instead of JSON; ${adviceForPage(endpoint.api)}`,
    uncertain: false,
  });
}

/** The error for JSON that is not what XSOAR answers to this operation. */
export function shapeError(
  answer: WireAnswer,
  context: AnswerContext,
  problem: string,
): XsoarError {
  const { errorId, detail } = readAnswerText(answer);
  // An error under status 200: it was handled and refused, so there is no doubt.
  const refused = detail !== undefined && problem === 'no id';
  return answerError(answer, context, {
    kind: 'bad-answer',
    message: refused
      ? `${context.operation}: HTTP ${answer.status} with an error: "${detail}"`
      : `${context.operation}: HTTP ${answer.status} with JSON that XSOAR does not answer (${problem})`,
    uncertain: isWrite(context.operation) && !refused,
    ...(errorId === undefined ? {} : { errorId }),
  });
}

function answerError(
  answer: WireAnswer,
  { operation, redact }: AnswerContext,
  fields: { kind: XsoarErrorKind; message: string; uncertain: boolean; errorId?: string },
): XsoarError {
  const retryAfter = answer.headers.get('retry-after');
  return new XsoarError({
    ...fields,
    operation,
    message: redact(fields.message),
    status: answer.status,
    ...(retryAfter === undefined ? {} : { retryAfter: retryAfter.slice(0, 128) }),
    ...(answer.text === '' ? {} : { body: redact(firstBytes(answer.text, MAX_ERROR_BODY)) }),
  });
}

/** The beginning of a text in at most that many bytes of UTF-8, no character cut. */
function firstBytes(text: string, bytes: number): string {
  const cut = text.slice(0, bytes);
  if (Buffer.byteLength(cut) <= bytes) return cut;
  const { read } = new TextEncoder().encodeInto(cut, new Uint8Array(bytes));
  return cut.slice(0, read);
}
