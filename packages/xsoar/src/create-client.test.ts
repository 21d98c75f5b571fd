import { expect, it } from 'vitest';
import { connect, ioc, json, SECRET_KEY, startServer } from './testing/local-server.ts';
import { rejection } from './testing/rejection.ts';
import type { RequestInfo } from './xsoar-client.ts';

it('creates: the indicator wrapped, not made by hand, not seen now', async () => {
  const server = await startServer((_request, response) =>
    json(response, 200, ioc({ created: 'x' })),
  );
  const client = connect(server.origin);
  const indicator = { value: 'evil.example', indicator_type: 'Domain', score: 3, id: 'hint' };
  expect(await client.create(indicator)).toEqual(ioc({ created: 'x' }));
  expect(server.seen).toHaveLength(1);
  expect(server.seen[0]).toMatchObject({
    method: 'POST',
    path: '/xsoar/public/v1/indicator/create',
    body: { indicator, manually: false, seenNow: false },
    headers: {
      authorization: SECRET_KEY,
      'x-xdr-auth-id': '17',
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'xsoar-intel/test',
    },
  });
});

it.each([
  ['null', 'application/json', 'null'],
  ['nothing', 'application/json', ''],
  ['nothing without a type', undefined, ''],
])('takes %s in answer to a create for an excluded value', async (_name, type, body) => {
  const server = await startServer((_request, response) => {
    response.writeHead(200, type ? { 'content-type': type } : {}).end(body);
  });
  expect(await connect(server.origin).create({ value: 'a', indicator_type: 'IP' })).toBeNull();
});

it('edits with the bare object', async () => {
  const server = await startServer((_request, response) =>
    json(response, 200, ioc({ version: 2 })),
  );
  const object = {
    id: '114',
    version: 1,
    value: 'evil.example',
    indicator_type: 'Domain',
    foreign: [1],
  };
  expect(await connect(server.origin).edit(object)).toMatchObject({ version: 2 });
  expect(server.seen[0]).toMatchObject({ path: '/xsoar/public/v1/indicator/edit', body: object });
});

it('deletes with ids and an id query, and never excludes or deletes by filter', async () => {
  const server = await startServer((_request, response) =>
    json(response, 200, { notUpdated: 1, updatedIds: ['114'], uppdated: 1 }),
  );
  const deleted = await connect(server.origin).batchDelete(['114', '11"5'], 'why');
  expect(deleted).toEqual({ updatedIds: ['114'] });
  expect(server.seen[0]).toMatchObject({
    path: '/xsoar/public/v1/indicators/batchDelete',
    body: {
      ids: ['114', '11"5'],
      all: false,
      doNotWhitelist: true,
      reason: 'why',
      filter: { query: 'id:"114" or id:"11\\"5"', size: 5 },
    },
  });
});

it('asks a delete filter for at least as many as there are ids', async () => {
  const server = await startServer((_request, response) => json(response, 200, {}));
  const ids = Array.from({ length: 7 }, (_, index) => String(index));
  await connect(server.origin).batchDelete(ids, 'why');
  expect(server.seen[0]?.body).toMatchObject({ filter: { size: 7 } });
});

it.each([[{ notUpdated: 1, updatedIds: null, uppdated: 0 }], [{}], [null]])(
  'reads %j as nothing deleted',
  async (body) => {
    const server = await startServer((_request, response) => json(response, 200, body));
    expect(await connect(server.origin).batchDelete(['1'], 'why')).toEqual({ updatedIds: [] });
  },
);

it('searches with page and size, since XSOAR gives nothing by default', async () => {
  const server = await startServer((_request, response) =>
    json(response, 200, { iocObjects: [ioc()], total: 1, accountErrors: null }),
  );
  const found = await connect(server.origin).search({ query: 'value:"a"' });
  expect(found).toEqual({ iocObjects: [ioc()], total: 1 });
  expect(server.seen[0]).toMatchObject({
    path: '/xsoar/public/v1/indicators/search',
    body: { query: 'value:"a"', page: 0, size: 100 },
  });
});

it.each([null, []])('reads iocObjects %j as no hit', async (iocObjects) => {
  const server = await startServer((_request, response) =>
    json(response, 200, { iocObjects, total: 0 }),
  );
  expect(await connect(server.origin).search({ query: 'x' })).toEqual({ iocObjects: [], total: 0 });
});

it('probes with a search that finds nothing', async () => {
  const server = await startServer((_request, response) =>
    json(response, 200, { iocObjects: null, total: 0 }),
  );
  await connect(server.origin).probe();
  expect(server.seen[0]).toMatchObject({
    path: '/xsoar/public/v1/indicators/search',
    body: { size: 1 },
  });
});

it('speaks XSOAR 6: no prefix, the account, and no key id even if there is one', async () => {
  const server = await startServer((_request, response) => json(response, 200, ioc()));
  const client = connect(server.origin, { api: '6', tenant: 'Blue', keyType: 'advanced' });
  await client.create({ value: 'a', indicator_type: 'IP' });
  expect(server.seen[0]?.path).toBe('/acc_Blue/indicator/create');
  expect(server.seen[0]?.headers.authorization).toBe(SECRET_KEY);
  expect(server.seen[0]?.headers).not.toHaveProperty('x-xdr-auth-id');
});

it('signs every request of an advanced key anew', async () => {
  const server = await startServer((_request, response) => json(response, 200, ioc()));
  const client = connect(server.origin, { keyType: 'advanced' });
  await client.create({ value: 'a', indicator_type: 'IP' });
  await client.create({ value: 'a', indicator_type: 'IP' });
  const [first, second] = server.seen.map(({ headers }) => headers);
  expect(first?.['x-xdr-nonce']).toMatch(/^[A-Za-z0-9]{64}$/);
  expect(Number(first?.['x-xdr-timestamp'])).toBeGreaterThan(Date.now() - 60_000);
  expect(first?.authorization).toMatch(/^[0-9a-f]{64}$/);
  expect(second?.['x-xdr-nonce']).not.toBe(first?.['x-xdr-nonce']);
  expect(second?.authorization).not.toBe(first?.authorization);
});

it('reads the lists of types and of indicator fields', async () => {
  const server = await startServer((request, response) => {
    if (request.path.endsWith('/reputation')) {
      json(response, 200, [
        { id: 'ipRep', details: 'IP' },
        { id: 'hashRep', details: 'File MD5', disabled: true },
        { id: 'broken' },
      ]);
    } else {
      json(response, 200, [
        { id: 'incident_owner', cliName: 'owner', type: 'user' },
        { id: 'indicator_stixid', cliName: 'stixid', type: 'shortText' },
        { id: 'indicator_tags' },
      ]);
    }
  });
  const client = connect(server.origin);
  expect(await client.fetchTypes()).toEqual([
    { name: 'IP', disabled: false },
    { name: 'File MD5', disabled: true },
  ]);
  expect(await client.fetchFields()).toEqual([
    { name: 'stixid', type: 'shortText' },
    { name: 'tags', type: '' },
  ]);
  expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /xsoar/public/v1/reputation',
    'GET /xsoar/public/v1/incidentfields',
  ]);
});

it('keeps its connections open, as many as it may', async () => {
  const waiting: (() => void)[] = [];
  const server = await startServer((_request, response) => {
    waiting.push(() => json(response, 200, ioc()));
  });
  let connections = 0;
  server.server.on('connection', () => {
    connections += 1;
  });
  const client = connect(server.origin, { connections: 3 });
  for (let round = 0; round < 2; round += 1) {
    const creates = Array.from({ length: 6 }, () =>
      client.create({ value: 'a', indicator_type: 'IP' }),
    );
    for (let answered = 0; answered < 6; answered += 3) {
      await expect.poll(() => waiting.length).toBe(3);
      for (const answer of waiting.splice(0)) answer();
    }
    await Promise.all(creates);
  }
  expect(connections).toBe(3);
});

it('tells of every request when it has ended', async () => {
  const server = await startServer((_request, response, count) =>
    count === 1 ? json(response, 200, ioc()) : json(response, 503, {}),
  );
  const seen: RequestInfo[] = [];
  const client = connect(server.origin, { onRequest: (info) => seen.push(info) });
  const { signal } = new AbortController();
  await client.create({ value: 'a', indicator_type: 'IP' }, signal);
  await rejection(client.probe(signal));
  await new Promise((resolve) => server.server.close(resolve).closeAllConnections());
  await rejection(client.probe(signal));
  const path = { create: '/indicator/create', probe: '/indicators/search' };
  const told = (operation: 'create' | 'probe') => ({
    ...{ operation, method: 'POST', path: path[operation], again: false, signal },
    url: `${server.origin}/xsoar/public/v1${path[operation]}`,
    durationMs: expect.any(Number),
  });
  expect(seen).toEqual([
    { ...told('create'), status: 200 },
    { ...told('probe'), status: 503, error: 'status' },
    { ...told('probe'), status: null, error: 'network' },
  ]);
});
