import { afterEach } from 'vitest';
import type { FakeXsoar, FakeXsoarOptions } from '../xsoar/fake.ts';
import { startFakeXsoar } from '../xsoar/start.ts';

/** An answer of the fake XSOAR. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed body; undefined when it is no JSON. */
  json: Record<string, unknown> | undefined;
}

/** Servers that are closed after the test. */
export function xsoarBench(): (options?: FakeXsoarOptions) => Promise<FakeXsoar> {
  const open: FakeXsoar[] = [];
  afterEach(async () => {
    for (const fake of open.splice(0)) await fake.close();
  });
  return async (options = {}) => {
    const fake = await startFakeXsoar(options);
    open.push(fake);
    return fake;
  };
}

/** A request as any HTTP client makes it; `prefix` is the part of the path before the call. */
export async function call(
  fake: FakeXsoar,
  path: string,
  body?: unknown,
  options: { prefix?: string; headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Answer> {
  const response = await fetch(`${fake.url}${options.prefix ?? '/xsoar/public/v1'}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: fake.key,
      'x-xdr-auth-id': fake.keyId,
      'content-type': 'application/json',
      ...options.headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    ...(options.signal ? { signal: options.signal } : {}),
    redirect: 'manual',
  });
  const text = await response.text();
  let json: Record<string, unknown> | undefined;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: response.headers, text, json };
}

/** Shorthand for the four calls of a connector. */
export const create = (fake: FakeXsoar, value: string, more: Record<string, unknown> = {}) =>
  call(fake, '/indicator/create', {
    indicator: { value, indicator_type: 'Domain', score: 3, ...more },
  });
export const edit = (fake: FakeXsoar, body: Record<string, unknown>) =>
  call(fake, '/indicator/edit', body);
export const search = (
  fake: FakeXsoar,
  query: string,
  more: Record<string, unknown> = { size: 10 },
) => call(fake, '/indicators/search', { query, ...more });
export const remove = (fake: FakeXsoar, body: Record<string, unknown>) =>
  call(fake, '/indicators/batchDelete', body);
