import { parseRetryAfter } from '../retry-after.ts';
import { printableUrl } from '../url.ts';

/** The head of an HTTP answer to the stream request. */
export interface StreamAnswer {
  status: number;
  /** Reason phrase: OpenCTI explains itself only here. Cleaned by the caller; may be empty. */
  statusText: string;
  contentType: string | undefined;
  contentEncoding: string | undefined;
  location: string | undefined;
  retryAfter: string | undefined;
}

/** Why an answer is no stream, and what to do meanwhile. */
export interface StreamRefusal {
  state: 'waiting' | 'unauthorized' | 'stopped';
  /** Words for the operator. */
  reason: string;
  status: number;
  /** Wait at least so long before the next attempt. */
  retryAfterMs?: number;
}

/**
 * Judges the answer to a stream request (statuses as OpenCTI's `sseMiddleware` sends them).
 *
 * @param url where the request went.
 * @param now epoch milliseconds, for a `Retry-After` that is a date.
 * @returns null when the answer is an event stream.
 */
export function judgeAnswer(answer: StreamAnswer, url: URL, now: number): StreamRefusal | null {
  const { status } = answer;
  const said = answer.statusText === '' ? '' : ` ("${answer.statusText}")`;
  const waiting = (reason: string): StreamRefusal => {
    const wait = parseRetryAfter(answer.retryAfter, now);
    return { state: 'waiting', reason, status, ...(wait === null ? {} : { retryAfterMs: wait }) };
  };

  if (status === 200) {
    const problem = contentProblem(answer);
    return problem === null ? null : waiting(problem);
  }
  if (status === 401 || status === 403) {
    // The platform answers alike to all three, with an empty body.
    const reason =
      `OpenCTI refuses the stream with ${status}${said}: the token is wrong (OPENCTI_TOKEN), ` +
      'or its user may not read streams (capability "Access data sharing", member of the stream, ' +
      'markings of its filter), or there is no such stream (CONNECTOR_LIVE_STREAM_ID)';
    return { state: 'unauthorized', reason, status };
  }
  if (status === 410) {
    const reason = `the live stream is stopped in OpenCTI${said}: start it under Data sharing`;
    return { state: 'stopped', reason, status };
  }
  if (status === 404) {
    return waiting(
      `${printableUrl(url)} does not exist${said}: is the base path in OPENCTI_URL right?`,
    );
  }
  if (status === 429) return waiting(`OpenCTI or a proxy limits our requests (429)${said}`);
  if (status >= 300 && status < 400) return waiting(redirect(answer, url));
  if (status >= 500) return waiting(`OpenCTI or a proxy before it fails with ${status}${said}`);
  return waiting(`unexpected answer ${status}${said} from ${printableUrl(url)}`);
}

function contentProblem(answer: StreamAnswer): string | null {
  const type = (answer.contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type !== 'text/event-stream') {
    const what = type === '' ? 'without a content type' : `of type ${type.slice(0, 60)}`;
    const hint = type === 'text/html' ? ': a login page, a proxy or a wrong OPENCTI_URL' : '';
    return `the answer is no event stream but something ${what}${hint}`;
  }
  const encoding = (answer.contentEncoding ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity') {
    return `a proxy compresses the stream (${encoding.slice(0, 20)}) though we did not ask for it`;
  }
  return null;
}

function redirect(answer: StreamAnswer, url: URL): string {
  let target = 'nowhere';
  if (answer.location !== undefined && URL.canParse(answer.location, url.href)) {
    target = printableUrl(new URL(answer.location, url));
  }
  return (
    `redirected (${answer.status}) to ${target}: not followed, since the token must not go to ` +
    'another place; set OPENCTI_URL to the final address'
  );
}
