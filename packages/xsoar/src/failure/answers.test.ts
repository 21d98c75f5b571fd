import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { connect, json, SECRET_KEY, startServer } from '../testing/local-server.ts';
import { rejection } from '../testing/rejection.ts';
import type { XsoarApi } from '../xsoar-client.ts';
import { isExisting, isNotFound, isVersionConflict } from './meaning.ts';

const indicator = { value: 'evil.example', indicator_type: 'Domain' };

const envelope = (status: number, id: string, error: string) => ({
  id,
  status,
  title: 'A title',
  detail: 'A detail',
  error,
  encrypted: false,
  multires: null,
});

/** The error of a create that is answered like this. */
async function createError(
  status: number,
  body: string,
  headers: Record<string, string> = { 'content-type': 'application/json' },
  api: XsoarApi = '8',
) {
  const server = await startServer((_request, response) => {
    response.writeHead(status, headers).end(body);
  });
  return rejection(connect(server.origin, { api }).create(indicator));
}

it('reads the envelope of XSOAR', async () => {
  const lock = envelope(400, 'errOptimisticLock', "DB Version '2' and Insert version '1' (15)");
  const error = await createError(400, JSON.stringify(lock));
  expect(error).toMatchObject({
    kind: 'status',
    operation: 'create',
    status: 400,
    errorId: 'errOptimisticLock',
    uncertain: false,
    body: JSON.stringify(lock),
  });
  expect(error.message).toContain("DB Version '2' and Insert version '1' (15)");
  expect(isVersionConflict(error)).toBe(true);
  expect(isNotFound(error)).toBe(false);
});

it('reads the envelope of the gateway', async () => {
  const body = { reply: { err_code: 402, err_msg: 'License is inactive', err_extra: null } };
  const error = await createError(402, JSON.stringify(body));
  expect(error).toMatchObject({ kind: 'status', status: 402, uncertain: false });
  expect(error.errorId).toBeUndefined();
  expect(error.message).toContain('License is inactive');
  expect(error.message).toContain('XSOAR_URL');
});

it.each([
  [401, '8', 'XSOAR_KEY_TYPE=advanced'],
  [403, '6', 'XSOAR_KEY'],
  [403, '8', 'role'],
  [404, '8', 'XSOAR_API=6'],
  [405, '6', 'XSOAR_API=8'],
  [407, '8', 'HTTPS_PROXY'],
  [413, '8', 'larger'],
  [429, '8', 'pause'],
  [500, '6', 'XSOAR_KEY_ID'],
  [502, '8', 'cannot answer now'],
] as [number, XsoarApi, string][])(
  'says what to do about a %i of XSOAR %s',
  async (status, api, words) => {
    const error = await createError(status, '', {}, api);
    expect(error).toMatchObject({ kind: 'status', status });
    expect(error.message).toContain(words);
  },
);

it.each([408, 500, 502, 503, 504, 599])(
  'leaves a doubt whether a write took effect after a %i',
  async (status) => {
    expect((await createError(status, '{}')).uncertain).toBe(true);
  },
);

it.each([400, 401, 402, 403, 404, 405, 409, 413, 422, 425, 429])(
  'knows that a %i has done nothing',
  async (status) => {
    expect((await createError(status, '{}')).uncertain).toBe(false);
  },
);

it('has no doubt about reads, whatever they are answered', async () => {
  const server = await startServer((_request, response) => json(response, 503, {}));
  const client = connect(server.origin);
  expect((await rejection(client.search({ query: 'x' }))).uncertain).toBe(false);
  expect((await rejection(client.probe())).uncertain).toBe(false);
});

it.each(['30', 'Wed, 21 Oct 2026 07:28:00 GMT', 'soon'])(
  'hands on a Retry-After of %j as it is',
  async (retryAfter) => {
    const error = await createError(429, '{}', { 'retry-after': retryAfter });
    expect(error).toMatchObject({ status: 429, retryAfter });
  },
);

it('has no retryAfter where there was none', async () => {
  expect(await createError(429, '{}')).not.toHaveProperty('retryAfter');
});

it('takes a page with status 200 for a wrong address: so XSOAR 6 answers to /xsoar', async () => {
  const error = await createError(200, '<!doctype html><html></html>', {
    'content-type': 'text/html; charset=utf-8',
  });
  expect(error).toMatchObject({ kind: 'not-json', status: 200, uncertain: false });
  expect(error.message).toContain('a web page');
  expect(error.message).toContain('XSOAR_API=6');
});

it('knows a page without a content type', async () => {
  expect(await createError(200, '\n <html>', {})).toMatchObject({ kind: 'not-json' });
});

it('takes text with status 200 for a wrong address', async () => {
  const error = await createError(200, 'pong', { 'content-type': 'text/plain' });
  expect(error.kind).toBe('not-json');
  expect(error.message).toContain('text/plain');
});

it('takes damaged JSON for what it is, with a doubt', async () => {
  const error = await createError(200, '{"id":"1","val');
  expect(error).toMatchObject({ kind: 'bad-answer', status: 200, uncertain: true });
});

it('accepts JSON whose content type is wrong, with a byte order mark', async () => {
  const server = await startServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).end('\ufeff null ');
  });
  expect(await connect(server.origin).create(indicator)).toBeNull();
});

it('takes an error under status 200 for an error without a doubt', async () => {
  const error = await createError(200, JSON.stringify({ error: 'boom (7)', detail: 'x' }));
  expect(error).toMatchObject({ kind: 'bad-answer', status: 200, uncertain: false });
  expect(error.message).toContain('boom (7)');
});

it.each([
  [{}, 'no id'],
  [[], 'no object'],
  ['text', 'no object'],
  [{ id: '' }, 'no id'],
  [{ id: '1', value: 'a', indicator_type: 'IP' }, 'no version'],
  [{ id: '1', version: '1', value: 'a', indicator_type: 'IP' }, 'no version'],
  [{ id: '1', version: 1, indicator_type: 'IP' }, 'no value'],
  [{ id: '1', version: 1, value: 'a' }, 'no indicator_type'],
])('refuses %j as an indicator', async (body, problem) => {
  const error = await createError(200, JSON.stringify(body));
  expect(error).toMatchObject({ kind: 'bad-answer', uncertain: true });
  expect(error.message).toContain(problem);
});

it('refuses an edit that is answered with nothing', async () => {
  const server = await startServer((_request, response) => json(response, 200, null));
  const object = { id: '1', version: 1, ...indicator };
  expect(await rejection(connect(server.origin).edit(object))).toMatchObject({
    kind: 'bad-answer',
    operation: 'edit',
  });
});

it.each([[null], [{}], [{ iocObjects: 'x', total: 1 }], [{ iocObjects: [{ id: 1 }], total: 1 }]])(
  'refuses %j as a search result, since nothing found would mean to create',
  async (body) => {
    const server = await startServer((_request, response) => json(response, 200, body));
    expect(await rejection(connect(server.origin).search({ query: 'x' }))).toMatchObject({
      kind: 'bad-answer',
      uncertain: false,
    });
  },
);

it.each([301, 302, 303, 307, 308])(
  'does not follow a %i, and sends the key nowhere else',
  async (status) => {
    const elsewhere = await startServer((_request, response) => json(response, 200, {}));
    const error = await createError(status, '', {
      location: `${elsewhere.origin}/login?token=abc`,
    });
    expect(error).toMatchObject({ kind: 'redirect', status, uncertain: false });
    expect(error.message).toContain(elsewhere.origin);
    expect(error.message).not.toContain('token');
    expect(error.message).toContain('8-internal');
    expect(elsewhere.seen).toHaveLength(0);
  },
);

it('keeps 4 KiB of an error body, no character cut', async () => {
  const error = await createError(400, `x${'ü'.repeat(100_000)}`, {
    'content-type': 'text/plain',
  });
  expect(Buffer.byteLength(error.body ?? '')).toBeLessThanOrEqual(4096);
  expect(error.body).toMatch(/^xü+$/);
  expect(error.message.length).toBeLessThan(1000);
});

it('refuses an answer of more than 10 MiB', async () => {
  const error = await createError(200, `"${'x'.repeat(10 * 1024 * 1024)}"`);
  expect(error).toMatchObject({ kind: 'bad-answer', uncertain: true });
  expect(error.message).toContain('larger than');
});

it('never shows the key, even where a server echoes it', async () => {
  const server = await startServer((request, response) => {
    const echo = `you sent ${request.headers.authorization}`;
    json(response, 400, envelope(400, 'bad_request', echo));
  });
  const error = await rejection(connect(server.origin).create(indicator));
  const shown = [
    error.message,
    JSON.stringify(error),
    inspect(error, { depth: null, showHidden: true }),
  ].join();
  expect(shown).toContain('you sent ***');
  expect(shown).not.toContain(SECRET_KEY);
});

it.each([
  [404, JSON.stringify(envelope(404, 'notFound', 'x')), true],
  [404, '{"error":"no such indicator"}', true],
  [404, '<html></html>', false],
  [404, '', false],
  [400, JSON.stringify(envelope(400, 'bad_request', 'Item not found (8)')), true],
  [400, JSON.stringify(envelope(400, 'bad_request', 'indicator does not exist (8)')), true],
  [400, JSON.stringify(envelope(400, 'bad_request', 'Indicator 1192500 not found')), true],
  [400, JSON.stringify(envelope(400, 'bad_request', 'No such indicator')), true],
  [400, JSON.stringify(envelope(400, 'bad_request', 'Indicator type Foo does not exist')), false],
  [400, JSON.stringify(envelope(400, 'bad_request', 'bad value http://x.example/(8)/a')), false],
  [400, JSON.stringify(envelope(400, 'bad_request', 'invalid character')), false],
  [500, JSON.stringify(envelope(500, 'error', 'Item not found (8)')), false],
])('reads %i %s as a missing item: %s', async (status, body, expected) => {
  expect(isNotFound(await createError(status, body))).toBe(expected);
});

it.each([
  [409, '{}', true],
  [400, JSON.stringify(envelope(400, 'errOptimisticLock', '')), true],
  [400, JSON.stringify(envelope(400, 'bad_request', "DB Version '2' do not match (15)")), true],
  [400, JSON.stringify(envelope(400, 'bad_request', 'Item not found (8)')), false],
  [500, JSON.stringify(envelope(500, 'error', 'DB Version (15)')), false],
])('reads %i %s as a version conflict: %s', async (status, body, expected) => {
  expect(isVersionConflict(await createError(status, body))).toBe(expected);
});

it.each([
  [409, '{}', true],
  [400, JSON.stringify(envelope(400, 'errOptimisticLock', '')), true],
  [400, JSON.stringify(envelope(400, 'bad_request', 'Indicator already exists')), true],
  [400, JSON.stringify(envelope(400, 'bad_request', 'DB Version (15)')), true],
  [400, JSON.stringify(envelope(400, 'bad_request', 'Indicator exists')), true],
  [422, '{"error":"violates a unique constraint"}', true],
  [422, '{"error":"duplicate value"}', true],
  [400, JSON.stringify(envelope(400, 'bad_request', 'unknown type')), false],
  [500, '{"error":"already exists"}', false],
])('reads %i %s as an existing item: %s', async (status, body, expected) => {
  expect(isExisting(await createError(status, body))).toBe(expected);
});
