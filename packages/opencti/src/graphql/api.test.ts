import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startServer } from '../testing/http-server.ts';
import { createOpenctiApi } from './api.ts';
import type { OpenctiApiOptions } from './api-types.ts';
import { OpenctiError } from './opencti-error.ts';

interface Asked {
  query: string;
  variables: Record<string, unknown>;
}

type Answer = (asked: Asked, request: IncomingMessage, response: ServerResponse) => unknown;

/** A platform whose GraphQL answers what the function returns, unless that answers by itself. */
async function platform(answer: Answer, more: Partial<OpenctiApiOptions> = {}) {
  const asked: Asked[] = [];
  const server = await startServer(async (request, response) => {
    const call = JSON.parse(await text(request));
    asked.push(call);
    const body = await answer(call, request, response);
    if (body === undefined) return;
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  });
  onTestFinished(() => server.close());
  const options = { url: `${server.url}/base/`, token: 'the-secret-token', sslVerify: true };
  const api = createOpenctiApi({ ...options, ...more });
  onTestFinished(() => api.close());
  return { api, asked, server };
}

function failed(code: string, message = 'm', data: unknown = null) {
  return { errors: [{ message, extensions: { code } }], data };
}

async function errorOf(promise: Promise<unknown>): Promise<OpenctiError> {
  const error = await promise.then(
    () => new Error('nothing was thrown'),
    (e: unknown) => e,
  );
  if (!(error instanceof OpenctiError)) throw error;
  return error;
}

test('a call is one POST with the token, below the base path', async () => {
  const { api, asked, server } = await platform(() => ({ data: { about: { version: '6.8.1' } } }), {
    headers: { 'X-Proxy': 'yes', Authorization: 'mine' },
    userAgent: 'xsoar-intel/1',
  });
  expect(await api.about()).toEqual({ version: '6.8.1' });
  expect(asked).toHaveLength(1);
  expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/base/graphql' });
  expect(server.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer the-secret-token',
    'content-type': 'application/json',
    'user-agent': 'xsoar-intel/1',
    'x-proxy': 'yes',
  });
});

test('registering asks for nothing that not every platform has', async () => {
  const state = '{"start_from":"1787216405312-0","recover_until":false}';
  const { api, asked } = await platform(() => ({
    data: { registerConnector: { id: 'c', connector_state: state, connector_user_id: 'u' } },
  }));
  expect(await api.register({ id: 'c', name: 'XSOAR', scope: ['xsoar'] })).toEqual({
    state: { start_from: '1787216405312-0', recover_until: false },
    text: state,
    empty: false,
    userId: 'u',
  });
  expect(asked[0]?.variables).toEqual({
    input: {
      id: 'c',
      name: 'XSOAR',
      type: 'STREAM',
      scope: ['xsoar'],
      auto: false,
      only_contextual: false,
      playbook_compatible: false,
    },
  });
  expect(asked[0]?.query).not.toMatch(/config|jwks|s3/);
});

test.each([null, '', ' ', 'null'])(
  'a stored state that is %j is empty',
  async (connector_state) => {
    const { api } = await platform(() => ({
      data: { pingConnector: { id: 'c', connector_state } },
    }));
    expect(await api.ping('c', { start_from: '1-0' })).toMatchObject({ empty: true, state: null });
  },
);

test('a stored state that is not ours is no state but not empty either', async () => {
  const { api } = await platform(() => ({
    data: { pingConnector: { id: 'c', connector_state: 'garbage' } },
  }));
  expect(await api.ping('c', null)).toEqual({ empty: false, state: null, text: 'garbage' });
});

const info = { buffering: true, queueMessagesSize: 12, queueThreshold: 500 };

test('a ping sends the state as text and what the connector is doing', async () => {
  const { api, asked } = await platform(({ variables }) => ({
    data: { pingConnector: { id: 'c', connector_state: variables.state } },
  }));
  const answer = await api.ping('c', { start_from: '5-0' }, info);
  expect(answer.state).toEqual({ start_from: '5-0' });
  expect(asked[0]?.variables).toEqual({
    id: 'c',
    state: '{"start_from":"5-0"}',
    connectorInfo: {
      run_and_terminate: false,
      buffering: true,
      queue_threshold: 500,
      queue_messages_size: 12,
      next_run_datetime: null,
      last_run_datetime: null,
    },
  });
  await api.ping('c', null);
  expect(asked[1]?.variables).toEqual({ id: 'c', state: 'null' });
});

test('a platform that does not know connectorInfo is noticed once', async () => {
  const { api, asked } = await platform(({ query, variables }) =>
    query.includes('ConnectorInfoInput')
      ? failed('GRAPHQL_VALIDATION_FAILED', 'Unknown type "ConnectorInfoInput"')
      : { data: { pingConnector: { id: 'c', connector_state: variables.state } } },
  );
  expect((await api.ping('c', { start_from: '1-0' }, info)).empty).toBe(false);
  expect((await api.ping('c', { start_from: '2-0' }, info)).empty).toBe(false);
  expect(asked.map((a) => 'connectorInfo' in a.variables)).toEqual([true, false, false]);
});

test('a ping that fails otherwise is not sent again', async () => {
  const { api, asked } = await platform(() => failed('DATABASE_ERROR'));
  expect((await errorOf(api.ping('c', null, info))).kind).toBe('unavailable');
  expect(asked).toHaveLength(1);
});

test('the ping of a deleted connector says so', async () => {
  const { api } = await platform(() =>
    failed('FUNCTIONAL_ERROR', 'No connector found with the specified ID'),
  );
  expect(await errorOf(api.ping('c', null))).toMatchObject({
    kind: 'not-found',
    operation: 'ping',
  });
});

test('a stream collection is started, stopped or unknown', async () => {
  const { api } = await platform(({ variables }) => ({
    data: {
      streamCollection:
        variables.id === 'none'
          ? null
          : { id: variables.id, name: 'n', description: null, stream_live: variables.id === 'on' },
    },
  }));
  expect(await api.streamCollection('on')).toEqual({
    id: 'on',
    name: 'n',
    description: null,
    live: true,
    public: false,
  });
  expect((await api.streamCollection('off'))?.live).toBe(false);
  expect(await api.streamCollection('none')).toBeNull();
});

test('the reach of the stream is read as ids', async () => {
  const { api } = await platform(() => ({
    data: { redisStreamInfo: { firstEventId: '5-0', lastEventId: '9-1', streamSize: 7 } },
  }));
  expect(await api.redisStreamInfo()).toMatchObject({
    firstEventId: { ms: 5 },
    lastEventId: { ms: 9, seq: 1 },
    streamSize: 7,
  });
});

test('the user of the token is told', async () => {
  const { api } = await platform(() => ({
    data: { me: { id: 'u', name: 'bot', user_email: 'b@x' } },
  }));
  expect(await api.me()).toEqual({ id: 'u', name: 'bot', email: 'b@x' });
});

test('names come two a request, four requests at a time, and each id is asked once', async () => {
  let open = 0;
  let most = 0;
  const { api, asked } = await platform(async ({ variables }) => {
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
    const found = (id: unknown) => (id === 'i3' || !id ? null : { id, name: `name of ${id}` });
    return { data: { a: found(variables.a), b: found(variables.b) } };
  });
  const ids = Array.from({ length: 21 }, (_, i) => `i${i}`);
  const names = await api.identityNames([...ids, 'i0', 'i1']);
  expect(names.size).toBe(20);
  expect(names.get('i7')).toBe('name of i7');
  expect(names.has('i3')).toBe(false);
  expect(asked).toHaveLength(11);
  expect(most).toBeLessThanOrEqual(4);
  for (const { query } of asked) expect(query.match(/identity\(/g)?.length).toBeLessThanOrEqual(2);
});

test('no ids are no request', async () => {
  const { api, asked } = await platform(() => ({ data: {} }));
  expect((await api.identityNames([])).size).toBe(0);
  expect(asked).toEqual([]);
});

test('an id that the platform refuses does not cost the other one its name', async () => {
  const { api } = await platform(() =>
    failed('FUNCTIONAL_ERROR', 'not an id', { a: { id: '1', name: 'A' }, b: null }),
  );
  expect([...(await api.identityNames(['x', 'y']))]).toEqual([['x', 'A']]);
});

test('names that nobody may see are an error and not an absence', async () => {
  const { api } = await platform(() => failed('FORBIDDEN_ACCESS', 'm', { a: null, b: null }));
  expect((await errorOf(api.identityNames(['x', 'y']))).kind).toBe('forbidden');
});

test('an object comes as STIX, by either kind of id', async () => {
  const object = { id: 'indicator--1', type: 'indicator', pattern: "[url:value = 'x']" };
  const { api, asked } = await platform(() => ({ data: { stix: JSON.stringify(object) } }));
  expect(await api.stixObject('e1c8-some-uuid')).toEqual(object);
  expect(asked[0]?.variables).toEqual({ id: 'e1c8-some-uuid' });
  expect(asked[0]?.query).toContain('stix(id: $id)');
});

test.each([null, ''])('an object that is unknown or not visible is null (%j)', async (stix) => {
  const { api } = await platform(() => ({ data: { stix } }));
  expect(await api.stixObject('x')).toBeNull();
});

test.each(['{', '[]', '"x"', '{"id":1,"type":"indicator"}', '{"id":"x"}', 7, {}])(
  'an answer that is no STIX object is a bad one (%j)',
  async (stix) => {
    const { api } = await platform(() => ({ data: { stix } }));
    const error = await errorOf(api.stixObject('x'));
    expect(error).toMatchObject({ kind: 'bad-answer', operation: 'stixObject' });
  },
);

test('an error holds words, code and status, and nothing of the request', async () => {
  const { api } = await platform(() => ({
    errors: [
      {
        message: 'You must be logged in: the-secret-token\nis unknown',
        extensions: { code: 'AUTH_REQUIRED', data: { http_status: 401 } },
      },
    ],
    data: null,
  }));
  const error = await errorOf(api.me());
  expect(error).toMatchObject({
    kind: 'unauthorized',
    code: 'AUTH_REQUIRED',
    httpStatus: 401,
    message: 'AUTH_REQUIRED: me: You must be logged in: *** is unknown',
  });
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('the-secret-token');
});

test.each([
  ['a redirect', 302, { Location: 'https://sso.test/login?x=1' }, 'bad-answer', 'sso.test/login'],
  ['too many requests', 429, { 'Retry-After': '2' }, 'rate-limited', '429'],
  ['a broken proxy', 502, { 'Content-Type': 'text/html' }, 'unavailable', '502'],
  ['no content', 204, {}, 'refused', '204'],
])('%s is told by its status', async (_name, status, headers, kind, words) => {
  const { api, asked } = await platform((_asked, _request, response) => {
    response.writeHead(status, headers).end(status === 204 ? undefined : '<html>');
  });
  const error = await errorOf(api.about());
  expect(error).toMatchObject({ kind, httpStatus: status });
  expect(error.message).toContain(words);
  expect(error.retryAfterMs).toBe(status === 429 ? 2000 : undefined);
  expect(asked).toHaveLength(1);
});

test('a platform that does not answer in time is given up, its socket too', async () => {
  const { api, server } = await platform(() => undefined, { timeoutMs: 50 });
  const error = await errorOf(api.about());
  expect(error).toMatchObject({ kind: 'network', code: 'TIMEOUT' });
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('the-secret-token');
  await vi.waitFor(async () => expect(await server.sockets()).toBe(0));
});

test('an answer that stops in the middle is given up as well', async () => {
  const { api } = await platform(
    (_asked, _request, response) => {
      response.writeHead(200).write('{"data":');
    },
    { timeoutMs: 50 },
  );
  expect(await errorOf(api.about())).toMatchObject({ kind: 'network', code: 'TIMEOUT' });
});

test('an answer without end is not read to its end', async () => {
  const { api, server } = await platform(
    (_asked, _request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.writeHead(200).on('drain', more);
      more();
    },
    { maxAnswerBytes: 100_000 },
  );
  expect(await errorOf(api.about())).toMatchObject({ kind: 'bad-answer', code: 'TOO_LARGE' });
  await vi.waitFor(async () => expect(await server.sockets()).toBe(0));
});

test('a call can be given up by its caller', async () => {
  const { api } = await platform(() => undefined);
  const abort = new AbortController();
  const error = errorOf(api.about(abort.signal));
  abort.abort();
  expect(await error).toMatchObject({ kind: 'network', code: 'ABORTED' });
});

test('a platform that is not there is told by the code of the network', async () => {
  const { api, server } = await platform(() => undefined);
  await server.close();
  const error = await errorOf(api.about());
  expect(error).toMatchObject({ kind: 'network', code: 'ECONNREFUSED' });
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('the-secret-token');
});

test('an answer without what was asked for is a bad one', async () => {
  const { api } = await platform(() => ({ data: { about: 'x', me: null } }));
  expect((await errorOf(api.about())).kind).toBe('bad-answer');
  expect((await errorOf(api.me())).kind).toBe('bad-answer');
});

test('a URL that is none is refused at once and not repeated in the error', () => {
  const create = () => createOpenctiApi({ url: '//user:password@', token: 't', sslVerify: true });
  expect(create).toThrow(TypeError);
  expect(create).not.toThrow(/password/);
});
