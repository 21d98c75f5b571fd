import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../testing/http-server.ts';
import { createOpenctiApi } from './api.ts';

const PLATFORM = '5ec00000-0000-4000-8000-000000000001';
const INDICATOR = '00000000-0000-4000-9000-000000000001';

/** A platform whose GraphQL answers so. */
async function platform(answer: (query: string) => unknown) {
  const asked: { query: string; variables: Record<string, unknown> }[] = [];
  const server = await startServer(async (request: IncomingMessage, response) => {
    const call = JSON.parse(await text(request));
    asked.push(call);
    response.writeHead(200).end(JSON.stringify(answer(call.query)));
  });
  onTestFinished(() => server.close());
  const api = createOpenctiApi({ url: server.url, token: 'secret', sslVerify: true });
  onTestFinished(() => api.close());
  return { api, asked };
}

const failed = (code: string, message: string, data: object = {}) => ({
  errors: [{ message, extensions: { code, data } }],
  data: null,
});

test('a platform that does not know the field does not offer deployments, whatever its code says', async () => {
  const words = 'Cannot query field "deployments_count" on type "Indicator".';
  for (const code of ['GRAPHQL_VALIDATION_FAILED', 'SOMETHING_OLD']) {
    const { api } = await platform(() => failed(code, words));
    expect(await api.deployments.offered()).toBe(false);
  }
  const { api } = await platform(() => ({ data: { indicators: { edges: [] } } }));
  expect(await api.deployments.offered()).toBe(true);
});

test('any other failure says nothing of what is offered', async () => {
  const { api } = await platform(() => failed('DATABASE_ERROR', 'away'));
  await expect(api.deployments.offered()).rejects.toMatchObject({ kind: 'unavailable' });
});

test('a security platform is created or found by its name', async () => {
  const { api, asked } = await platform(() => ({
    data: { securityPlatformAdd: { id: PLATFORM } },
  }));
  expect(await api.deployments.securityPlatform({ name: 'Cortex XSOAR', type: 'SOAR' })).toBe(
    PLATFORM,
  );
  expect(asked[0]?.variables).toEqual({
    input: { name: 'Cortex XSOAR', security_platform_type: 'SOAR', update: true },
  });
});

test('a report has its date in the field of its status, and a cause only where it failed', async () => {
  const { api, asked } = await platform(() => ({
    data: { indicatorReportDeployments: { processed: 3, errors: [] } },
  }));
  const at = '2026-11-24T12:00:00.000Z';
  const reports = (['deployed', 'removed', 'failed'] as const).map((status) => ({
    ...{ indicatorId: INDICATOR, status, at },
    ...(status === 'failed' ? { cause: 'XSOAR refused it' } : {}),
  }));
  expect(await api.deployments.report(PLATFORM, reports)).toEqual([]);
  expect(asked[0]?.variables).toEqual({
    platformId: PLATFORM,
    reports: [
      { indicatorId: INDICATOR, status: 'deployed', metadata: { deployed_at: at } },
      { indicatorId: INDICATOR, status: 'removed', metadata: { removed_at: at } },
      { indicatorId: INDICATOR, status: 'failed', metadata: { error_message: 'XSOAR refused it' } },
    ],
  });
});

test('single reports that were refused are told apart from indicators that are gone', async () => {
  const errors = [
    { indicatorId: 'a', message: 'Indicator not found or not accessible' },
    { indicatorId: 'b', message: 'Execution timeout' },
    { indicatorId: 7, message: 'odd' },
  ];
  const { api } = await platform(() => ({
    data: { indicatorReportDeployments: { processed: 0, errors } },
  }));
  expect(await api.deployments.report(PLATFORM, [])).toEqual([
    { indicatorId: 'a', words: 'Indicator not found or not accessible', gone: true },
    { indicatorId: 'b', words: 'Execution timeout', gone: false },
  ]);
});

test('too many calls are told with the wait that the platform asks for', async () => {
  const { api } = await platform(() =>
    failed('FUNCTIONAL_ERROR', 'Too many requests', { http_status: 400, retry_after_ms: 250 }),
  );
  await expect(api.deployments.report(PLATFORM, [])).rejects.toMatchObject({
    kind: 'rate-limited',
    retryAfterMs: 250,
  });
});

test('our version is told where registering takes one, and left out where not', async () => {
  const connector = { id: 'c', name: 'XSOAR', scope: ['xsoar'], version: '1.2.3' };
  const answer = (fields: string[] | null) => (query: string) =>
    query.includes('__type')
      ? { data: { input: fields && { inputFields: fields.map((name) => ({ name })) } } }
      : { data: { registerConnector: { id: 'c', connector_state: null } } };
  const newer = await platform(answer(['id', 'name', 'version']));
  await newer.api.register(connector);
  await newer.api.register(connector);
  const [question, ...registrations] = newer.asked;
  expect(question?.query).toContain('RegisterConnectorInput');
  // It is asked once.
  expect(registrations).toHaveLength(2);
  expect(registrations[1]?.variables.input).toMatchObject({ version: '1.2.3' });
  for (const fields of [['id', 'name'], null]) {
    const older = await platform(answer(fields));
    await older.api.register(connector);
    expect(older.asked[1]?.variables.input).not.toHaveProperty('version');
  }
});
