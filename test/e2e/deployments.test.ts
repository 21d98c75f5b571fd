/** Write-back of what became of indicators, with processes. */
import type { FakeOpenctiOptions } from '@xsoar-intel/simulator';
import { expect, it } from 'vitest';
import { indicator } from '../opencti/world.ts';
import { until } from '../support/until.ts';
import { type Pipeline, startPipeline, type TestProcess } from './pipeline.ts';

const ON = { DEPLOYMENT_REPORTING_ENABLED: 'true' };

/** A test with a pipeline of its own. They run side by side: what they do most is wait for the next report. */
const withPipeline = (
  title: string,
  opencti: FakeOpenctiOptions,
  test: (pipeline: Pipeline) => Promise<void>,
): void =>
  it.concurrent(title, { timeout: 120_000 }, async () => {
    const pipeline = await startPipeline({ opencti });
    try {
      await test(pipeline);
    } finally {
      await pipeline.close();
    }
  });

const entity = (n: number) => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
const create = ({ opencti }: Pipeline, n: number) =>
  opencti.append({ kind: 'create', object: indicator(n, Date.now()) });
const told = ({ opencti }: Pipeline) =>
  Object.fromEntries(
    opencti.deployments.list().map((one) => [Number(one.indicatorId.slice(-12)), one]),
  );
const tells = (pipeline: Pipeline, words: string, expected: Record<number, string>) =>
  until(
    words,
    () =>
      Object.entries(expected).every(([n, status]) => told(pipeline)[Number(n)]?.status === status),
    { timeoutMs: 30_000 },
  );
/** Lines with these words; none before it has written its first. */
function lines(process: TestProcess, words: string) {
  try {
    return process.logs().filter(({ msg }) => String(msg).includes(words));
  } catch {
    return [];
  }
}

withPipeline(
  'delivered is deployed, a dead letter failed with its cause, what left the filter removed',
  { deployments: 'offered' },
  async (pipeline) => {
    pipeline.opencti.setFilter({ types: ['indicator'], revoked: false });
    pipeline.xsoar.faults.add({
      operations: ['create'],
      value: '10.0.0.3',
      fault: { kind: 'status', status: 400, body: '{"detail":"host secret.internal says no"}' },
    });
    const ingest = await pipeline.ingest(ON);
    await pipeline.worker(ON);
    for (const n of [1, 2, 3]) create(pipeline, n);
    await tells(pipeline, 'all three', { 1: 'deployed', 2: 'deployed', 3: 'failed' });
    expect(told(pipeline)[3]?.errorMessage).toBe('XSOAR refused it (HTTP 400)');
    expect(pipeline.opencti.deployments.platforms()).toMatchObject([
      { name: 'Cortex XSOAR', type: 'SOAR' },
    ]);
    pipeline.opencti.append({
      kind: 'update',
      object: indicator(1, Date.now(), { revoked: true }),
    });
    await tells(pipeline, 'it left', { 1: 'removed', 2: 'deployed' });

    // A real delete: OpenCTI does not have the indicator any more, which is no trouble.
    pipeline.opencti.append({ kind: 'delete', id: entity(2) });
    await until(
      'it is known as gone',
      async () =>
        (await ingest.metrics()).includes(
          'deployment_reports_total{status="removed",outcome="gone"} 1',
        ),
      { timeoutMs: 20_000 },
    );
    pipeline.xsoar.faults.clear();
    await pipeline.retryDeadLetters();
    await tells(pipeline, 'the retry', { 3: 'deployed' });
    const metrics = await ingest.metrics();
    expect(metrics).toContain('xsoar_intel_deployment_reporting_state{state="reporting"} 1');
    await until(
      'none waits',
      async () => (await ingest.metrics()).includes('deployment_reports_waiting 0'),
      { timeoutMs: 20_000 },
    );
    expect(ingest.logs().filter(({ level }) => level === 'error')).toEqual([]);
  },
);

withPipeline(
  'without the switch nothing is noted and nothing asked',
  { deployments: 'offered' },
  async (pipeline) => {
    await pipeline.ingest();
    await pipeline.worker();
    create(pipeline, 1);
    await pipeline.quiet();
    expect(await pipeline.client.exists(pipeline.keys.deployments)).toBe(0);
    const { graphql } = pipeline.opencti.stats();
    expect([graphql.indicators, graphql.securityPlatformAdd]).toEqual([undefined, undefined]);
  },
);

withPipeline(
  'a platform that does not offer it is noticed once, and deliveries do not care',
  {},
  async (pipeline) => {
    const ingest = await pipeline.ingest(ON);
    const worker = await pipeline.worker(ON);
    const words = 'does not know deployments of indicators';
    await until('it is noticed', () => lines(ingest, words).length === 1, { timeoutMs: 20_000 });
    for (let n = 1; n <= 20; n += 1) create(pipeline, n);
    await pipeline.quiet();
    expect(await pipeline.client.exists(pipeline.keys.deployments)).toBe(0);
    expect(await ingest.metrics()).toContain('deployment_reporting_state{state="not-offered"} 1');
    for (const process of [ingest, worker]) {
      expect(process.logs().filter(({ level }) => level === 'error')).toEqual([]);
    }
    // An update of the platform is met by the next ingest.
    await ingest.end('SIGTERM');
    pipeline.opencti.settings({ deployments: 'offered' });
    await pipeline.ingest(ON);
    await until(
      'it notes again',
      async () => !(await pipeline.client.exists(pipeline.keys.deploymentsOff)),
      { timeoutMs: 20_000 },
    );
    create(pipeline, 21);
    await tells(pipeline, 'the new one', { 21: 'deployed' });
  },
);

withPipeline(
  'a user without the right, a failing platform and one with a limit cost no delivery and no report',
  { deployments: 'offered' },
  async (pipeline) => {
    pipeline.opencti.settings({ capabilities: ['TAXIIAPI', 'CONNECTORAPI', 'KNOWLEDGE'] });
    const ingest = await pipeline.ingest(ON);
    await pipeline.worker(ON);
    create(pipeline, 1);
    await until('it is said', () => lines(ingest, 'Create / Update knowledge').length === 1, {
      timeoutMs: 20_000,
    });
    await pipeline.quiet();
    // The note comes right after the delivery, which does not wait for it.
    await until(
      'the report is kept',
      async () => (await pipeline.client.zcard(pipeline.keys.deployments)) === 1,
    );
    await ingest.end('SIGKILL');

    // The right is there now, but reports meet a gateway that fails, then the limit.
    pipeline.opencti.settings({
      capabilities: ['TAXIIAPI', 'CONNECTORAPI', 'KNOWLEDGE', 'KNOWLEDGE_KNUPDATE'],
    });
    const fault = pipeline.opencti.faults.add({
      operations: ['graphql'],
      value: 'indicatorReportDeployments',
      fault: { kind: 'status', status: 503 },
    });
    const next = await pipeline.ingest(ON);
    create(pipeline, 2);
    await until('it waits', async () => lines(next, 'it is kept and told later').length > 0, {
      timeoutMs: 30_000,
    });
    await pipeline.quiet();
    expect(pipeline.xsoar.stats().objects).toBe(2);
    pipeline.opencti.settings({ deployments: 'too-many' });
    pipeline.opencti.faults.remove(fault);
    await until(
      'the limit was met',
      () => (pipeline.opencti.stats().graphql.indicatorReportDeployments ?? 0) > 0,
      { timeoutMs: 30_000 },
    );
    expect(pipeline.opencti.deployments.list()).toEqual([]);
    pipeline.opencti.settings({ deployments: 'offered' });
    await tells(pipeline, 'both are told in the end', { 1: 'deployed', 2: 'deployed' });
  },
);
