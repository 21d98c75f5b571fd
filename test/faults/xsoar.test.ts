/** What becomes of a delivery for each way in which XSOAR can fail: the outcome table, end to end. */
import type { Fault, FaultRule } from '@xsoar-intel/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  differences,
  NONE,
  type Pipeline,
  startPipeline,
  type TestProcess,
} from '../e2e/pipeline.ts';
import { createDomain, deleteDomain, entityIdOf, updateDomain } from '../support/indicators.ts';
import { until } from '../support/until.ts';

let pipeline: Pipeline;
let worker: TestProcess;

beforeAll(async () => {
  pipeline = await startPipeline();
  [, worker] = await Promise.all([pipeline.ingest(), pipeline.worker()]);
  // Only what comes after the first connection is read.
  await until('the stream is read', () => pipeline.opencti.stats().connectionsOpened > 0);
  await delivered('warm-up.example');
});
afterAll(() => pipeline.close());
beforeEach(() => pipeline.xsoar.faults.clear());

/** Creates an indicator and waits until it is in XSOAR. */
async function delivered(name: string): Promise<void> {
  pipeline.opencti.append(createDomain(name));
  await inXsoar(name);
}
const inXsoar = (name: string) =>
  until(`${name} is in XSOAR`, () => pipeline.xsoar.get(name), { timeoutMs: 20_000 });

/** Creates an indicator whose own requests meet a fault. */
function withFault(name: string, rule: Omit<FaultRule, 'value'>): void {
  pipeline.xsoar.faults.add({ operations: ['create'], ...rule, value: name });
  pipeline.opencti.append(createDomain(name));
}

/** A sample of a counter or gauge of the worker; 0 where it is not there yet. */
async function metric(sample: string): Promise<number> {
  const line = (await worker.metrics()).split('\n').find((text) => text.startsWith(`${sample} `));
  return line === undefined ? 0 : Number(line.slice(sample.length + 1));
}

/** Deliveries whose failure was the entity's own. */
const FAILED_DELIVERIES = 'xsoar_intel_deliveries_total{operation="upsert",outcome="retry"}';

/** Attempts that the job of an indicator has used up; 0 once it is delivered. */
async function attemptsBurnt(name: string): Promise<number> {
  const jobId = await pipeline.client.get(pipeline.queue.toKey(`de:${entityIdOf(name)}`));
  return jobId === null ? 0 : ((await pipeline.queue.getJob(jobId))?.attemptsMade ?? 0);
}

const logged = (fields: Record<string, unknown>) =>
  until(`it is logged: ${JSON.stringify(fields)}`, () =>
    worker
      .logs()
      .find((line) => Object.entries(fields).every(([name, value]) => line[name] === value)),
  );

describe('a refusal of one entity is a dead letter at once', () => {
  const rows: [what: string, fault: Fault, reason: string, status: number][] = [
    ['400', { kind: 'status', status: 400 }, 'rejected', 400],
    ['404 in the words of XSOAR', { kind: 'status', status: 404 }, 'rejected', 404],
    ['413', { kind: 'status', status: 413 }, 'too-large', 413],
    ['422', { kind: 'status', status: 422 }, 'rejected', 422],
    [
      'a success without an indicator in it',
      { kind: 'status', status: 200, body: '{"error":"no such type"}' },
      'bad-answer',
      200,
    ],
  ];

  it.each(rows)('%s', async (what, fault, reason, status) => {
    const name = `dead-${rows.findIndex(([other]) => other === what)}.example`;
    const sample = `xsoar_intel_dead_letters_total{reason="${reason}"}`;
    const before = await metric(sample);
    withFault(name, { fault });
    const letter = await until('it is a dead letter', async () =>
      (await pipeline.deadLetters()).find(({ entityId }) => entityId === entityIdOf(name)),
    );
    expect(letter.lastError).toMatchObject({ reason, status, attempts: 1, operation: 'upsert' });
    expect(letter.lastError?.request).toContain(name);
    await logged({ level: 'error', entityId: entityIdOf(name), reason });
    await until('it is counted', async () => (await metric(sample)) === before + 1);

    // Others go on, nothing is held; a retry without the fault delivers it.
    expect((await pipeline.snapshot()).holds).toEqual([]);
    await delivered(`other-${status}-${reason}.example`);
    pipeline.xsoar.faults.clear();
    await pipeline.retryDeadLetters();
    await inXsoar(name);
    await until('no dead letter is left', async () => (await pipeline.deadLetters()).length === 0);
  });
});

describe('what a retry can mend is tried again after a backoff', () => {
  const rows: [what: string, fault: Fault, reason: string][] = [
    ['408', { kind: 'status', status: 408 }, 'timeout'],
    ['500', { kind: 'status', status: 500 }, 'server-error'],
    ['500 that was done', { kind: 'status', status: 500, commit: true }, 'server-error'],
    ['502', { kind: 'status', status: 502 }, 'unavailable'],
    ['503', { kind: 'status', status: 503 }, 'unavailable'],
    ['a reset before it was done', { kind: 'reset', when: 'before' }, 'network'],
    ['a reset after it was done', { kind: 'reset', when: 'after' }, 'network'],
    ['a cut body', { kind: 'cut-body' }, 'network'],
    ['headers that come too late', { kind: 'slow-headers', delayMs: 60_000 }, 'timeout'],
    ['a body that comes too late', { kind: 'slow-body', delayMs: 60_000 }, 'timeout'],
    ['no answer', { kind: 'hang' }, 'timeout'],
  ];

  it.each(rows)('%s', { timeout: 30_000 }, async (what, fault, reason) => {
    const name = `retry-${rows.findIndex(([other]) => other === what)}.example`;
    const sample = 'xsoar_intel_deliveries_total{operation="upsert",outcome="retry"}';
    const before = await metric(sample);
    withFault(name, { fault, times: 1 });
    await logged({ level: 'warn', entityId: entityIdOf(name), reason, failures: 1 });
    await inXsoar(name);
    expect(await metric(sample)).toBeGreaterThan(before);
    const { holds, jobs } = await pipeline.snapshot();
    expect({ holds, dead: jobs.failed }).toEqual({ holds: [], dead: 0 });
    // Whatever took effect late or twice: there is one of it.
    const twins = [...pipeline.xsoar.objects()].filter(({ value }) => value === name);
    expect(twins).toHaveLength(1);
  });

  it('409 to a create means that it is there: it is looked for and edited, without a failure', async () => {
    const name = 'conflict.example';
    withFault(name, { fault: { kind: 'status', status: 409, commit: true }, times: 1 });
    await inXsoar(name);
    await until('it is settled', async () => (await pipeline.snapshot()).pending === 0);
    const failures = worker.logs().filter(({ entityId }) => entityId === entityIdOf(name));
    expect(failures).toEqual([]);
  });

  it('and one entity that never succeeds is a dead letter when its attempts are used up', {
    timeout: 30_000,
  }, async () => {
    const name = 'always-500.example';
    withFault(name, { fault: { kind: 'status', status: 500 } });
    const letter = await until(
      'it is a dead letter',
      async () => {
        // Others succeed, so that it is not an outage.
        await delivered(`beside-${Date.now()}.example`);
        return (await pipeline.deadLetters()).find(({ entityId }) => entityId === entityIdOf(name));
      },
      { timeoutMs: 25_000 },
    );
    expect(letter.lastError).toMatchObject({ reason: 'server-error', status: 500, attempts: 8 });
    expect(await metric('xsoar_intel_dead_letters_total{reason="attempts-exhausted"}')).toBe(1);
    pipeline.xsoar.faults.clear();
    await pipeline.retryDeadLetters();
    await inXsoar(name);
  });
});

describe('what is asked of an indicator that is there is tried again too', () => {
  const rows: [what: string, operation: string, fault: Fault, reason: string][] = [
    ['a look-up that fails', 'search', { kind: 'status', status: 500 }, 'server-error'],
    ['a look-up that is cut', 'search', { kind: 'cut-body' }, 'network'],
    ['an edit that fails', 'edit', { kind: 'status', status: 500 }, 'server-error'],
    ['an edit that was done', 'edit', { kind: 'reset', when: 'after' }, 'network'],
    ['an edit before a gateway', 'edit', { kind: 'status', status: 502 }, 'unavailable'],
    ['a delete that fails', 'delete', { kind: 'status', status: 500 }, 'server-error'],
    ['a delete that was done', 'delete', { kind: 'reset', when: 'after' }, 'network'],
    ['a delete without an answer', 'delete', { kind: 'hang' }, 'timeout'],
  ];

  it.each(rows)('%s', { timeout: 30_000 }, async (what, operation, fault, reason) => {
    const name = `there-${rows.findIndex(([other]) => other === what)}.example`;
    await delivered(name);
    await until('it is settled', async () => (await pipeline.snapshot()).pending === 0);
    const before = pipeline.xsoar.stats().faultsStruck;
    pipeline.xsoar.faults.add({ fault, operations: [operation], times: 1 });
    const isDelete = operation === 'delete';
    pipeline.opencti.append(isDelete ? deleteDomain(name) : updateDomain(name, 10));
    await logged({ level: 'warn', entityId: entityIdOf(name), reason, failures: 1 });
    expect(pipeline.xsoar.stats().faultsStruck).toBe(before + 1);
    await until(
      'XSOAR has the newest state',
      () => (isDelete ? !pipeline.xsoar.get(name) : pipeline.xsoar.get(name)?.score === 1),
      { timeoutMs: 20_000 },
    );
    const { holds, jobs } = await pipeline.snapshot();
    expect({ holds, dead: jobs.failed }).toEqual({ holds: [], dead: 0 });
  });
});

describe('what is not about one entity holds all deliveries, and burns no attempt', () => {
  const rows: [what: string, fault: Fault, hold: string, heldAtLeastMs: number][] = [
    ['401', { kind: 'status', status: 401 }, 'credentials', 0],
    ['402', { kind: 'status', status: 402 }, 'credentials', 0],
    ['403', { kind: 'status', status: 403 }, 'credentials', 0],
    ['429 without a time', { kind: 'status', status: 429 }, 'rate-limit', 0],
    ['429 with seconds', { kind: 'status', status: 429, retryAfter: 1 }, 'rate-limit', 1_000],
    [
      '429 with a date',
      { kind: 'status', status: 429, retryAfter: 2, retryAfterForm: 'date' },
      'rate-limit',
      1_000,
    ],
    [
      '404 of somebody else',
      { kind: 'status', status: 404, contentType: 'text/html', body: '<html>nginx</html>' },
      'configuration',
      0,
    ],
    ['a redirect', { kind: 'redirect', location: 'http://127.0.0.1:9/' }, 'configuration', 0],
    ['a page instead of JSON', { kind: 'html' }, 'configuration', 0],
  ];

  it.each(rows)('%s', { timeout: 30_000 }, async (what, fault, hold, heldAtLeastMs) => {
    const name = `hold-${rows.findIndex(([other]) => other === what)}.example`;
    const struckBefore = pipeline.xsoar.stats().faultsStruck;
    const failuresBefore = await metric(FAILED_DELIVERIES);
    const from = Date.now();
    // With a time the first strike is enough; without one the hold lasts until we are seen holding.
    withFault(name, heldAtLeastMs > 0 ? { fault, times: 1 } : { fault });
    const held = await until('deliveries are held', async () =>
      (await pipeline.snapshot()).holds.find(({ kind }) => kind === hold),
    );
    expect(held.reason).not.toContain(pipeline.xsoar.key);
    await logged({ level: 'error', hold });
    expect(await attemptsBurnt(name)).toBe(0);
    if (heldAtLeastMs === 0) {
      const sample = `xsoar_intel_held{reason="${hold}"}`;
      await until('a metric shows it', async () => (await metric(sample)) === 1);
      await until('the worker is not ready, and says why', async () => {
        const ready = await fetch(`${worker.metricsUrl}/readyz`);
        return ready.status === 503 && (await ready.text()).includes(`held (${hold})`);
      });
    }
    pipeline.xsoar.faults.clear();
    await inXsoar(name);
    expect(Date.now() - from).toBeGreaterThanOrEqual(heldAtLeastMs);
    await until('nothing is held', async () => (await pipeline.snapshot()).holds.length === 0);
    const { jobs } = await pipeline.snapshot();
    expect(jobs.failed).toBe(0);
    // Every delivery that failed was held, and none tried again on the entity's account.
    expect(await metric(FAILED_DELIVERIES)).toBe(failuresBefore);
    // One probe at a time, at the pace of the backoff.
    const probes = pipeline.xsoar.stats().faultsStruck - struckBefore;
    expect(probes).toBeLessThan(40);
  });
});

it('a pause that XSOAR asks one worker for is kept by all', { timeout: 30_000 }, async () => {
  const second = await pipeline.worker();
  const isReady = async ({ metricsUrl }: TestProcess) =>
    (await fetch(`${metricsUrl}/readyz`).catch(() => null))?.status === 200;
  await until('both are ready', async () => (await isReady(second)) && (await isReady(worker)));
  withFault('pause.example', { fault: { kind: 'status', status: 429, retryAfter: 1 } });
  for (const one of [worker, second]) {
    await until('it is held', async () => {
      const ready = await fetch(`${one.metricsUrl}/readyz`);
      return ready.status === 503 && (await ready.text()).includes('held (rate-limit)');
    });
  }
  pipeline.xsoar.faults.clear();
  await inXsoar('pause.example');
  expect(await second.end('SIGTERM')).toBe(0);
});

it('in the end XSOAR holds what OpenCTI says, whatever happened before', {
  timeout: 30_000,
}, async () => {
  await pipeline.quiet();
  expect(differences(await pipeline.compare())).toEqual(NONE);
});
