import ky, { isTimeoutError } from 'ky';
import type { Dispatcher } from 'undici';
import { describeNetworkError } from '../network-error.ts';
import { requestHeaders } from '../request-headers.ts';
import { scrub } from '../scrub.ts';
import { platformUrl, printableUrl } from '../url.ts';
import { AnswerTooLargeError, boundedFetch } from './bounded-fetch.ts';
import { type GraphqlOutcome, judgeGraphql } from './judge-answer.ts';
import { OpenctiError, type OpenctiProblem } from './opencti-error.ts';

/** How to call GraphQL. */
export interface PostOptions {
  /** Base URL of the platform. */
  url: string;
  token: string;
  headers: Readonly<Record<string, string>>;
  userAgent: string;
  /** For one call from its start to the last byte of the answer, in milliseconds. */
  timeoutMs: number;
  maxAnswerBytes: number;
  now: () => number;
  dispatcher: Dispatcher;
}

/** One GraphQL document with its values. */
export interface GraphqlCall {
  /** What is done, in one word, for errors. */
  operation: string;
  query: string;
  variables?: Record<string, unknown>;
}

/** Sends calls. Both functions make exactly one attempt: whoever calls decides about another. */
export interface GraphqlPost {
  /** @throws OpenctiError unless the answer is data without errors. */
  data(call: GraphqlCall, signal?: AbortSignal): Promise<Record<string, unknown>>;
  /** Data and problem side by side. @throws OpenctiError only when no answer came. */
  outcome(call: GraphqlCall, signal?: AbortSignal): Promise<GraphqlOutcome>;
}

/** @throws TypeError when the URL of the platform cannot be parsed. */
export function createGraphqlPost(options: PostOptions): GraphqlPost {
  const url = platformUrl(options.url, 'graphql');
  const client = ky.create({
    fetch: boundedFetch(options.dispatcher, options.maxAnswerBytes),
    headers: requestHeaders(options.headers, {
      accept: 'application/json',
      'user-agent': options.userAgent,
      authorization: `Bearer ${options.token}`,
    }),
    retry: 0,
    timeout: options.timeoutMs,
    throwHttpErrors: false,
  });

  const outcome: GraphqlPost['outcome'] = async ({ operation, query, variables = {} }, signal) => {
    const fail = (problem: OpenctiProblem): never => {
      throw new OpenctiError(operation, { ...problem, words: scrub(problem.words, options.token) });
    };
    let response: Response;
    let text: string;
    try {
      response = await client.post(url, { json: { query, variables }, ...(signal && { signal }) });
      text = await response.text();
    } catch (error) {
      return fail(noAnswer(error, url, options, signal));
    }
    const header = (name: string) => response.headers.get(name) ?? undefined;
    const location = header('location');
    const judged = judgeGraphql(
      {
        status: response.status,
        text,
        location:
          location && URL.canParse(location, url.href)
            ? printableUrl(new URL(location, url))
            : undefined,
        retryAfter: header('retry-after'),
      },
      options.now(),
    );
    if (judged.problem === null) return judged;
    const words = scrub(judged.problem.words, options.token);
    return { data: judged.data, problem: { ...judged.problem, words } };
  };

  return {
    outcome,
    async data(call, signal) {
      const { data, problem } = await outcome(call, signal);
      if (problem !== null || data === null) {
        throw new OpenctiError(
          call.operation,
          problem ?? { kind: 'bad-answer', code: 'BAD_ANSWER', words: 'no data' },
        );
      }
      return data;
    },
  };
}

function noAnswer(
  error: unknown,
  url: URL,
  { timeoutMs }: PostOptions,
  signal: AbortSignal | undefined,
): OpenctiProblem {
  const at = printableUrl(url);
  if (signal?.aborted) return { kind: 'network', code: 'ABORTED', words: 'given up' };
  if (isTimeoutError(error)) {
    return { kind: 'network', code: 'TIMEOUT', words: `${at}: no answer within ${timeoutMs} ms` };
  }
  if (error instanceof AnswerTooLargeError) {
    return { kind: 'bad-answer', code: 'TOO_LARGE', words: `${at}: ${error.message}` };
  }
  const { code, words } = describeNetworkError(error);
  return { kind: 'network', code, words: `${at}: ${words}` };
}
