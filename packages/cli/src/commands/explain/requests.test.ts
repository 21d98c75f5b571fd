import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { mapIndicator } from '@xsoar-intel/pipeline';
import { DELETE_REASON } from '@xsoar-intel/worker';
import {
  createIndicatorWriter,
  createXsoarClient,
  type DesiredIndicator,
} from '@xsoar-intel/xsoar';
import { expect, onTestFinished, test } from 'vitest';
import { PLACEHOLDER, requestsFor } from './requests.ts';

function mapped(pattern: string): DesiredIndicator[] {
  const object = {
    type: 'indicator',
    id: 'indicator--1',
    pattern,
    labels: ['c2'],
    x_opencti_score: 80,
    valid_until: '2030-01-01T00:00:00Z',
  };
  const result = mapIndicator(object, { source: 'OpenCTI', descriptionAsComment: true });
  if (!result.ok) throw new Error(result.detail);
  return result.indicators;
}

/** What the real client posts to an XSOAR that holds this object, or nothing. */
async function recorded(held: object | null) {
  const posts: { path: string; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const body = (await json(request)) as { indicator?: object };
    if (!path.endsWith('/search')) posts.push({ path, body });
    const found = held === null ? [] : [held];
    const answer = path.endsWith('/search')
      ? { iocObjects: found, total: found.length }
      : path.endsWith('/batchDelete')
        ? { updatedIds: [PLACEHOLDER.id], notUpdated: 0 }
        : { version: 1, ...(body.indicator ?? body), id: PLACEHOLDER.id };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const client = createXsoarClient({
    url: `http://127.0.0.1:${port}`,
    keyId: '1',
    key: 'k',
    sslVerify: true,
    timeoutMs: 5_000,
    connections: 2,
    userAgent: 'test',
    environment: {},
  });
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { posts, writer: createIndicatorWriter(client) };
}

const only = mapped("[domain-name:value = 'evil.example']");
const [indicator] = only;
if (indicator === undefined) throw new Error('nothing is mapped');
const prefix = '/xsoar/public/v1';

test('the create is the one that the client posts', async () => {
  const { posts, writer } = await recorded(null);
  await writer.upsert(indicator, {});
  const [create] = requestsFor(only).create;
  expect(posts).toEqual([{ path: `${prefix}${create?.path}`, body: create?.body }]);
});

test('the update is the one that the client posts, but for the version', async () => {
  const { value, indicator_type } = indicator;
  const { posts, writer } = await recorded({
    id: PLACEHOLDER.id,
    version: 7,
    value,
    indicator_type,
    CustomFields: {},
  });
  await writer.upsert(indicator, {});
  const [update] = requestsFor(only).update;
  expect(update?.body).toMatchObject({ version: PLACEHOLDER.version });
  expect(posts).toEqual([
    { path: `${prefix}${update?.path}`, body: { ...update?.body, version: 7 } },
  ]);
});

test('the delete is the one that the client posts', async () => {
  const { value, indicator_type: type } = indicator;
  const { posts, writer } = await recorded(null);
  await writer.remove({ value, type, id: PLACEHOLDER.id }, DELETE_REASON);
  const [remove] = requestsFor(only).delete;
  expect(posts).toEqual([{ path: `${prefix}${remove?.path}`, body: remove?.body }]);
});

test('several indicators have a create and an update each, and are deleted fifty at a time', () => {
  const values = Array.from({ length: 60 }, (_, at) => `'10.0.0.${at}'`).join(', ');
  const requests = requestsFor(mapped(`[ipv4-addr:value IN (${values})]`));
  expect(requests.create).toHaveLength(60);
  expect(requests.update).toHaveLength(60);
  expect(requests.delete.map(({ body }) => ('ids' in body ? body.ids : []))).toEqual([
    expect.toSatisfy((ids: string[]) => ids.length === 50),
    expect.arrayContaining(["<XSOAR's id of IP 10.0.0.59>"]),
  ]);
});
