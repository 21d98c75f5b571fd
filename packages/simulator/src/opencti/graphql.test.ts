import { expect, test } from 'vitest';
import { authors } from '../generate/authors.ts';
import { entityIdOf } from '../stix/object.ts';
import { indicator } from '../testing/objects.ts';
import { openctiBench } from '../testing/opencti.ts';
import type { FakeOpencti } from './fake.ts';

const { start } = openctiBench();

interface Answer {
  status: number;
  data: Record<string, Record<string, unknown> | null> | null;
  errors?: {
    message: string;
    path?: string[];
    extensions: { code: string; data: { http_status: number } };
  }[];
}

async function ask(
  fake: FakeOpencti,
  query: string,
  variables: Record<string, unknown> = {},
  token = fake.token,
): Promise<Answer> {
  const response = await fetch(`${fake.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
}

const register = `mutation RegisterConnector($input: RegisterConnectorInput) {
  registerConnector(input: $input) { id connector_state connector_user_id } }`;
const ping = `mutation PingConnector($id: ID!, $state: String, $connectorInfo: ConnectorInfoInput) {
  pingConnector(id: $id, state: $state, connectorInfo: $connectorInfo) {
    id connector_state connector_info { buffering queue_messages_size } } }`;
const input = {
  id: 'c-1',
  name: 'XSOAR',
  type: 'STREAM',
  scope: ['xsoar'],
  auto: false,
  only_contextual: false,
  playbook_compatible: false,
};

test('health, user, stream and retention window are answered as selected', async () => {
  const fake = await start();
  const first = fake.append({ kind: 'create', object: indicator(1) });
  const { data } = await ask(
    fake,
    `query Q($id: String!) { about { version } me { id name user_email } redisStreamInfo { firstEventId streamSize }
      stream: streamCollection(id: $id) { id name stream_live } }`,
    { id: fake.streamId },
  );
  expect(data?.about?.version).toMatch(/^7\./);
  expect(Object.keys(data?.me ?? {})).toEqual(['id', 'name', 'user_email']);
  expect(data?.redisStreamInfo).toEqual({ firstEventId: first, streamSize: 1 });
  expect(data?.stream).toEqual({ id: fake.streamId, name: 'XSOAR indicators', stream_live: true });
  fake.stop();
  const stopped = await ask(
    fake,
    'query Q($id: String!) { streamCollection(id: $id) { stream_live } unknown: streamCollection(id: "nope") { id } }',
    { id: fake.streamId },
  );
  expect(stopped.data).toEqual({ streamCollection: { stream_live: false }, unknown: null });
});

test('authors are found by internal and by STIX id, one by one and in lists', async () => {
  const fake = await start();
  for (const object of authors) fake.append({ kind: 'reference', object });
  const [author, other] = authors;
  if (!author || !other) throw new Error('there are authors');
  const { data } = await ask(
    fake,
    `query A($id: String!, $filters: FilterGroup) {
      identity(id: $id) { id standard_id name }
      stixDomainObject(id: "${other.id}") { entity_type ... on Organization { name } ... on Individual { id } }
      identities(filters: $filters, first: 10) { edges { node { standard_id name } } pageInfo { globalCount } }
      gone: identity(id: "nobody") { name } }`,
    {
      id: entityIdOf(author),
      filters: {
        mode: 'and',
        filters: [{ key: ['standard_id'], values: [author.id, other.id] }],
        filterGroups: [],
      },
    },
  );
  expect(data?.identity).toEqual({
    id: entityIdOf(author),
    standard_id: author.id,
    name: author.name,
  });
  expect(data?.stixDomainObject).toEqual({ entity_type: 'Organization', name: other.name });
  expect(data?.identities).toMatchObject({ pageInfo: { globalCount: 2 } });
  expect(data?.gone).toBeNull();
});

test('a registered connector keeps its state, and registering again does not touch it', async () => {
  const fake = await start();
  const first = await ask(fake, register, { input });
  expect(first.data?.registerConnector).toMatchObject({ id: 'c-1', connector_state: null });
  const state = JSON.stringify({ start_from: '5-0' });
  const info = { buffering: true, queue_messages_size: 3.5 };
  const answer = await ask(fake, ping, { id: 'c-1', state, connectorInfo: info });
  expect(answer.data?.pingConnector).toEqual({
    id: 'c-1',
    connector_state: state,
    connector_info: info,
  });
  const again = await ask(fake, register, { input });
  expect(again.data?.registerConnector?.connector_state).toBe(state);
  expect(fake.connectors.get('c-1')).toMatchObject({
    name: 'XSOAR',
    type: 'STREAM',
    registrations: 2,
    pings: 1,
  });
});

test('a reset is answered once, and the state sent with that ping is ignored', async () => {
  const fake = await start();
  await ask(fake, register, { input });
  const pinged = async (state: string) =>
    (await ask(fake, ping, { id: 'c-1', state })).data?.pingConnector?.connector_state;
  expect(await pinged('{"a":1}')).toBe('{"a":1}');
  expect(fake.connectors.reset('c-1')).toBe(true);
  expect(await pinged('{"a":2}')).toBe('');
  expect(fake.connectors.get('c-1')?.state).toBe('');
  expect(await pinged('{"a":3}')).toBe('{"a":3}');
});

test('a stale platform echoes the state before the one it was sent', async () => {
  const fake = await start();
  await ask(fake, register, { input });
  fake.settings({ staleEcho: true });
  const pinged = async (state: string) =>
    (await ask(fake, ping, { id: 'c-1', state })).data?.pingConnector?.connector_state;
  expect(await pinged('{"a":1}')).toBeNull();
  expect(await pinged('{"a":2}')).toBe('{"a":1}');
  expect(fake.connectors.get('c-1')?.state).toBe('{"a":2}');
});

test('errors come with HTTP 200, a code and a status inside', async () => {
  const fake = await start();
  const codes = async (answer: Promise<Answer>) => {
    const { status, errors } = await answer;
    return [status, errors?.[0]?.extensions.code, errors?.[0]?.extensions.data.http_status];
  };
  expect(await codes(ask(fake, '{ me { id } }', {}, 'wrong'))).toEqual([200, 'AUTH_REQUIRED', 401]);
  expect(await codes(ask(fake, ping, { id: 'nobody', state: 'null' }))).toEqual([
    200,
    'FUNCTIONAL_ERROR',
    400,
  ]);
  fake.settings({ capabilities: ['TAXIIAPI'] });
  expect(await codes(ask(fake, register, { input }))).toEqual([200, 'FORBIDDEN_ACCESS', 403]);
  expect(await codes(ask(fake, '{ nothing { id } }'))).toEqual([
    200,
    'GRAPHQL_VALIDATION_FAILED',
    400,
  ]);
  expect(await codes(ask(fake, '{ me { shoe_size } }'))).toEqual([
    200,
    'GRAPHQL_VALIDATION_FAILED',
    400,
  ]);
  expect(await codes(ask(fake, '{ me { id }'))).toEqual([200, 'GRAPHQL_VALIDATION_FAILED', 400]);
  expect(await codes(ask(fake, '{ __schema { types { name } } }'))).toEqual([
    200,
    'GRAPHQL_VALIDATION_FAILED',
    400,
  ]);
  expect(await codes(ask(fake, ping, {}))).toEqual([200, 'GRAPHQL_VALIDATION_FAILED', 400]);
});

test('a field may be used twice under aliases, a third time is too often', async () => {
  const fake = await start();
  expect((await ask(fake, '{ a: me { id } b: me { id } }')).errors).toBeUndefined();
  expect((await ask(fake, '{ a: me { id } b: me { id } c: me { id } }')).errors).toHaveLength(1);
});

test('an old platform refuses new input fields and has no stream information, and says so when asked', async () => {
  const fake = await start({
    redisStreamInfo: false,
    registerInputFields: [
      'id',
      'name',
      'type',
      'scope',
      'auto',
      'only_contextual',
      'playbook_compatible',
    ],
  });
  expect((await ask(fake, '{ redisStreamInfo { streamSize } }')).errors).toHaveLength(1);
  expect((await ask(fake, register, { input: { ...input, slug: 'x' } })).errors).toHaveLength(1);
  expect((await ask(fake, register, { input })).errors).toBeUndefined();
  const { data } = await ask(
    fake,
    '{ __type(name: "RegisterConnectorInput") { inputFields { name } } }',
  );
  expect(data?.__type?.inputFields).toHaveLength(7);
});

test('faults spoil GraphQL like any other request', async () => {
  const fake = await start();
  fake.faults.add({ operations: ['graphql'], times: 1, fault: { kind: 'status', status: 502 } });
  const refused = await fetch(`${fake.url}/graphql`, { method: 'POST', body: '{}' });
  expect(refused.status).toBe(502);
  fake.faults.add({ operations: ['graphql'], times: 1, fault: { kind: 'reset', when: 'after' } });
  await expect(ask(fake, register, { input })).rejects.toThrow();
  expect(fake.connectors.get('c-1')?.registrations).toBe(1);
});
