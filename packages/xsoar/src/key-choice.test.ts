import { expect, it } from 'vitest';
import { connect, ioc, json, startServer } from './testing/local-server.ts';
import { rejection } from './testing/rejection.ts';

const unauthorized = { reply: { err_code: 401, err_msg: 'Public API request unauthorized' } };
const noHits = { iocObjects: null, total: 0 };

function startTenant(kind: 'standard' | 'advanced' | 'neither') {
  return startServer((request, response) => {
    const isAdvanced = request.headers['x-xdr-nonce'] !== undefined;
    if (kind === (isAdvanced ? 'advanced' : 'standard')) json(response, 200, noHits);
    else json(response, 401, unauthorized);
  });
}

it('tries a key as standard first and stays with it when it is taken', async () => {
  const server = await startTenant('standard');
  const client = connect(server.origin);
  await client.probe();
  await client.probe();
  expect(server.seen).toHaveLength(2);
  expect(client.keyType).toBe('standard');
});

it('tries a key as advanced when it is refused, and remembers that this worked', async () => {
  const server = await startTenant('advanced');
  const client = connect(server.origin);
  await client.probe();
  expect(client.keyType).toBe('advanced');
  expect(server.seen).toHaveLength(2);
  await client.search({ query: 'x' });
  expect(server.seen).toHaveLength(3);
});

it('does the same when a write comes before any probe', async () => {
  const server = await startServer((request, response) =>
    request.headers['x-xdr-nonce'] ? json(response, 200, ioc()) : json(response, 401, {}),
  );
  const client = connect(server.origin);
  const create = () => client.create({ value: 'a', indicator_type: 'IP' });
  await Promise.all([create(), create(), create()]);
  expect(client.keyType).toBe('advanced');
});

it('reports a key that is refused both ways, and doubles no request until the next probe', async () => {
  const server = await startTenant('neither');
  const client = connect(server.origin);
  const error = await rejection(client.search({ query: 'x' }));
  expect(error).toMatchObject({ kind: 'status', status: 401, uncertain: false });
  expect(error.message).toContain('XSOAR_KEY');
  expect(server.seen).toHaveLength(2);
  await rejection(client.search({ query: 'x' }));
  expect(server.seen).toHaveLength(3);
  await rejection(client.probe());
  expect(server.seen).toHaveLength(5);
});

it('does not try another kind than the one that was named', async () => {
  const server = await startTenant('advanced');
  await rejection(connect(server.origin, { keyType: 'standard' }).probe());
  expect(server.seen).toHaveLength(1);
});

it('does not take a failing server for a confirmation', async () => {
  const server = await startServer((request, response, count) => {
    if (count === 1) json(response, 502, {});
    else if (request.headers['x-xdr-nonce']) json(response, 200, noHits);
    else json(response, 401, unauthorized);
  });
  const client = connect(server.origin);
  await rejection(client.probe());
  await client.search({ query: 'x' });
  expect(client.keyType).toBe('advanced');
});
