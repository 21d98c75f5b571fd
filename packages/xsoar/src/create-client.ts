import { randomBytes } from 'node:crypto';
import {
  parseIocOrNull,
  parseSearchResult,
  parseUpdatedIds,
  ShapeProblem,
} from './answer-shape.ts';
import { type ApiKey, authHeaders, checkApiKey, type Freshness } from './api-key.ts';
import { type Endpoint, resolveEndpoint } from './endpoint.ts';
import {
  type AnswerContext,
  notJsonError,
  shapeError,
  statusError,
} from './failure/answer-error.ts';
import { isPage } from './failure/answer-text.ts';
import { failureError } from './failure/failure-error.ts';
import { createDispatcher } from './http/dispatcher.ts';
import { type WireAnswer, WireFailure, type WireRequest } from './http/exchange.ts';
import { createKyTransport, type Transport } from './http/ky-transport.ts';
import type { IocFields, IocObject } from './indicator.ts';
import { KeyChoice } from './key-choice.ts';
import { valueClause } from './query.ts';
import { redactor } from './redact.ts';
import { parseFields, parseTypes } from './tenant-lists.ts';
import {
  createRequest,
  type DeleteTarget,
  deleteRequest,
  editRequest,
  type WriteRequest,
} from './write-request.ts';
import type {
  SearchFilter,
  XsoarClient,
  XsoarField,
  XsoarKeyType,
  XsoarOptions,
  XsoarType,
} from './xsoar-client.ts';
import type { XsoarError, XsoarOperation } from './xsoar-error.ts';

/** A page of a thousand objects with their feeds' raw data stays below this; bytes. */
const MAX_ANSWER_BYTES = 10 * 1024 * 1024;
/** Enough to parse any error envelope; bytes. */
const MAX_FAILURE_BYTES = 64 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_PAGE_SIZE = 100;
/** `.invalid` is never a real domain (RFC 2606). */
const PROBE_VALUE = 'xsoar-intel-probe.invalid';

/**
 * Connects to one XSOAR. Nothing is sent before the first call.
 * @throws TypeError for an address, key, certificate or proxy that cannot be used
 */
export function createXsoarClient(options: XsoarOptions): XsoarClient {
  const apiKey: ApiKey = {
    key: options.key,
    ...(options.keyId ? { keyId: options.keyId } : {}),
  };
  checkApiKey(apiKey, options.keyType ?? 'auto');
  const endpoint = resolveEndpoint(options);
  const dispatcher = createDispatcher({
    origin: endpoint.origin,
    connections: options.connections,
    connectTimeoutMs: Math.min(CONNECT_TIMEOUT_MS, options.timeoutMs),
    sslVerify: options.sslVerify,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    environment: options.environment ?? process.env,
  });
  return new HttpXsoarClient(options, apiKey, endpoint, {
    send: createKyTransport(dispatcher, endpoint.origin),
    close: () => dispatcher.close(),
  });
}

class HttpXsoarClient implements XsoarClient {
  readonly endpoint: Endpoint;
  readonly #options: XsoarOptions;
  readonly #apiKey: ApiKey;
  readonly #keyChoice: KeyChoice;
  readonly #connection: { send: Transport; close(): Promise<void> };
  readonly #redact: (text: string) => string;
  #closed: Promise<void> | null = null;

  constructor(
    options: XsoarOptions,
    apiKey: ApiKey,
    endpoint: Endpoint,
    connection: { send: Transport; close(): Promise<void> },
  ) {
    this.#options = options;
    // XSOAR 6 knows no key ids and no advanced keys.
    this.#apiKey = endpoint.api === '6' ? { key: apiKey.key } : apiKey;
    this.#keyChoice = new KeyChoice(options.keyType ?? 'auto', this.#apiKey.keyId !== undefined);
    this.endpoint = endpoint;
    this.#connection = connection;
    this.#redact = redactor(apiKey.key);
  }

  get keyType(): XsoarKeyType {
    return this.#keyChoice.current;
  }

  create(indicator: IocFields, signal?: AbortSignal): Promise<IocObject | null> {
    return this.#write(createRequest(indicator), parseIocOrNull, signal);
  }

  edit(indicator: IocObject, signal?: AbortSignal): Promise<IocObject> {
    return this.#write(editRequest(indicator), parseEdited, signal);
  }

  async batchDelete(
    targets: readonly DeleteTarget[],
    reason: string,
    signal?: AbortSignal,
  ): Promise<{ updatedIds: string[] }> {
    const request = deleteRequest(targets, reason);
    return { updatedIds: await this.#write(request, parseUpdatedIds, signal) };
  }

  search(
    { query, page = 0, size = DEFAULT_PAGE_SIZE, sort, searchAfter }: SearchFilter,
    signal?: AbortSignal,
  ): Promise<{ iocObjects: IocObject[]; total: number }> {
    const body = { query, page, size, ...(sort && { sort }), ...(searchAfter && { searchAfter }) };
    return this.#call('search', '/indicators/search', body, parseSearchResult, signal);
  }

  async probe(signal?: AbortSignal): Promise<void> {
    this.#keyChoice.reopen();
    const body = { query: valueClause(PROBE_VALUE), page: 0, size: 1 };
    await this.#call('probe', '/indicators/search', body, parseSearchResult, signal);
  }

  fetchTypes(signal?: AbortSignal): Promise<XsoarType[]> {
    return this.#call('probe', '/reputation', undefined, parseTypes, signal);
  }

  fetchFields(signal?: AbortSignal): Promise<XsoarField[]> {
    return this.#call('probe', '/incidentfields', undefined, parseFields, signal);
  }

  post(request: WriteRequest, signal?: AbortSignal): Promise<unknown> {
    return this.#write(request, (body) => body, signal);
  }

  close(): Promise<void> {
    this.#closed ??= this.#connection.close();
    return this.#closed;
  }

  #write<T>(
    { operation, path, body }: WriteRequest,
    parse: (body: unknown) => T,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    return this.#call(operation, path, body, parse, signal);
  }

  async #call<T>(
    operation: XsoarOperation,
    path: string,
    body: object | undefined,
    parse: (body: unknown) => T,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const usedKind = this.#keyChoice.current;
    let answer = await this.#send(operation, path, text, usedKind, signal);
    const otherKind = this.#keyChoice.alternative(answer.status, usedKind);
    if (otherKind !== null) {
      const second = await this.#send(operation, path, text, otherKind, signal, true);
      this.#keyChoice.settle(otherKind, second.status);
      answer = second;
    }
    const context: AnswerContext = { operation, endpoint: this.endpoint, redact: this.#redact };
    if (answer.status >= 300) throw statusError(answer, context);
    const parsed = parseJson(answer, context);
    try {
      return parse(parsed);
    } catch (error) {
      if (error instanceof ShapeProblem) throw shapeError(answer, context, error.message);
      throw error;
    }
  }

  async #send(
    operation: XsoarOperation,
    path: string,
    body: string | undefined,
    keyType: XsoarKeyType,
    signal: AbortSignal | undefined,
    again = false,
  ): Promise<WireAnswer> {
    const { timeoutMs, userAgent, onRequest } = this.#options;
    const request: WireRequest = {
      method: body === undefined ? 'GET' : 'POST',
      path: `${this.endpoint.basePath}${path}`,
      headers: {
        ...authHeaders(this.#apiKey, keyType, freshness),
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': userAgent,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
      timeoutMs,
      maxBytes: { success: MAX_ANSWER_BYTES, failure: MAX_FAILURE_BYTES },
      ...(signal === undefined ? {} : { signal }),
    };
    const begun = performance.now();
    const told = (status: number | null, failure: { error?: string }): void => {
      if (onRequest === undefined) return;
      const { method } = request;
      const url = `${this.endpoint.origin}${request.path}`;
      const durationMs = performance.now() - begun;
      onRequest({ operation, method, url, path, again, signal, status, durationMs, ...failure });
    };
    try {
      const answer = await this.#connection.send(request);
      told(answer.status, failed(answer));
      return answer;
    } catch (thrown) {
      // Anything else is a defect of ours, not of the connection.
      if (!(thrown instanceof WireFailure)) throw thrown;
      const error = this.#wireError(thrown, operation);
      told(null, { error: error.kind });
      throw error;
    }
  }

  #wireError(failure: WireFailure, operation: XsoarOperation): XsoarError {
    return failureError(failure, operation, {
      origin: this.endpoint.origin,
      timeoutMs: this.#options.timeoutMs,
      maxAnswerBytes: MAX_ANSWER_BYTES,
    });
  }
}

function failed({ status }: WireAnswer): { error?: string } {
  if (status < 300) return {};
  return { error: status < 400 ? 'redirect' : 'status' };
}

function parseEdited(body: unknown): IocObject {
  const edited = parseIocOrNull(body);
  if (edited === null) throw new ShapeProblem('nothing');
  return edited;
}

/** Null for an empty body. */
function parseJson(answer: WireAnswer, context: AnswerContext): unknown {
  // Cuts off a byte order mark too.
  const text = answer.text.trim();
  if (text === '') return null;
  if (isPage(answer)) throw notJsonError(answer, context);
  try {
    return JSON.parse(text);
  } catch {
    throw notJsonError(answer, context);
  }
}

function freshness(): Freshness {
  return { nonce: randomBytes(32).toString('hex'), timestamp: Date.now() };
}
