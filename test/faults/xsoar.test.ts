/**
 * What becomes of a delivery for each way in which XSOAR can fail: the outcome table, end to end.
 * What is tried again is in xsoar-retries.test.ts, an XSOAR that nobody reaches in outage.test.ts.
 */
import type { Fault } from '@xsoar-intel/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { differences, NONE, type TestProcess } from '../e2e/pipeline.ts';
import { entityIdOf } from '../support/indicators.ts';
import { until } from '../support/until.ts';
import {
  type FaultyRequest,
  failedDeliveries,
  operationOf,
  startXsoarWorld,
  type XsoarWorld,
} from './xsoar-world.ts';

let world: XsoarWorld;

beforeAll(async () => {
  world = await startXsoarWorld();
});
afterAll(() => world.pipeline.close());
beforeEach(() => world.pipeline.xsoar.faults.clear());

describe('a refusal of one entity is a dead letter at once', () => {
  const rows: [
    what: string,
    request: FaultyRequest,
    fault: Fault,
    reason: string,
    status: number,
  ][] = [
    ['400', 'create', { kind: 'status', status: 400 }, 'rejected', 400],
    ['404 in the words of XSOAR', 'create', { kind: 'status', status: 404 }, 'rejected', 404],
    ['413', 'create', { kind: 'status', status: 413 }, 'too-large', 413],
    ['413 to an edit', 'edit', { kind: 'status', status: 413 }, 'too-large', 413],
    ['413 to a delete', 'delete', { kind: 'status', status: 413 }, 'too-large', 413],
    ['422', 'create', { kind: 'status', status: 422 }, 'rejected', 422],
    [
      'a success without an indicator in it',
      'create',
      { kind: 'status', status: 200, body: '{"error":"no such type"}' },
      'bad-answer',
      200,
    ],
  ];

  it.each(rows)('%s', async (what, request, fault, reason, status) => {
    const { pipeline, metric, delivered } = world;
    const name = `dead-${rows.findIndex(([other]) => other === what)}.example`;
    const sample = `xsoar_intel_dead_letters_total{reason="${reason}"}`;
    const before = await metric(sample);
    await world.meet(request, name, fault);
    const letter = await until('it is a dead letter', async () =>
      (await pipeline.deadLetters()).find(({ entityId }) => entityId === entityIdOf(name)),
    );
    const operation = operationOf(request);
    expect(letter.lastError).toMatchObject({ reason, status, attempts: 1, operation });
    // A delete has nothing to push.
    if (operation === 'upsert') expect(letter.lastError?.request).toContain(name);
    await world.logged({ level: 'error', entityId: entityIdOf(name), reason });
    await until('it is counted', async () => (await metric(sample)) === before + 1);

    // Others go on, nothing is held; a retry without the fault delivers it.
    expect((await pipeline.snapshot()).holds).toEqual([]);
    await delivered(`other-${request}-${status}-${reason}.example`);
    pipeline.xsoar.faults.clear();
    await pipeline.retryDeadLetters();
    await world.arrived(request, name);
    await until('no dead letter is left', async () => (await pipeline.deadLetters()).length === 0);
  });
});

describe('what is not about one entity holds all deliveries, and burns no attempt', () => {
  const rows: [
    what: string,
    request: FaultyRequest,
    fault: Fault,
    hold: string,
    heldAtLeastMs: number,
  ][] = [
    ['401', 'create', { kind: 'status', status: 401 }, 'credentials', 0],
    ['402', 'create', { kind: 'status', status: 402 }, 'credentials', 0],
    ['403', 'create', { kind: 'status', status: 403 }, 'credentials', 0],
    ['429 without a time', 'create', { kind: 'status', status: 429 }, 'rate-limit', 0],
    [
      '429 with seconds',
      'create',
      { kind: 'status', status: 429, retryAfter: 1 },
      'rate-limit',
      1_000,
    ],
    [
      '429 with a date',
      'create',
      { kind: 'status', status: 429, retryAfter: 2, retryAfterForm: 'date' },
      'rate-limit',
      1_000,
    ],
    ['429 to a look-up', 'search', { kind: 'status', status: 429 }, 'rate-limit', 0],
    ['429 to an edit', 'edit', { kind: 'status', status: 429, retryAfter: 1 }, 'rate-limit', 1_000],
    ['429 to a delete', 'delete', { kind: 'status', status: 429 }, 'rate-limit', 0],
    [
      '404 of somebody else',
      'create',
      { kind: 'status', status: 404, contentType: 'text/html', body: '<html>nginx</html>' },
      'configuration',
      0,
    ],
    [
      'a redirect',
      'create',
      { kind: 'redirect', location: 'http://127.0.0.1:9/' },
      'configuration',
      0,
    ],
    ['a page instead of JSON', 'create', { kind: 'html' }, 'configuration', 0],
  ];

  it.each(rows)('%s', { timeout: 30_000 }, async (what, request, fault, hold, heldAtLeastMs) => {
    const { pipeline, worker, metric } = world;
    const name = `hold-${rows.findIndex(([other]) => other === what)}.example`;
    const struckBefore = pipeline.xsoar.stats().faultsStruck;
    const failuresBefore = await metric(failedDeliveries(request));
    const from = Date.now();
    // With a time the first strike is enough; without one the hold lasts until we are seen holding.
    await world.meet(request, name, fault, heldAtLeastMs > 0 ? { times: 1 } : {});
    const held = await until('deliveries are held', async () =>
      (await pipeline.snapshot()).holds.find(({ kind }) => kind === hold),
    );
    expect(held.reason).not.toContain(pipeline.xsoar.key);
    await world.logged({ level: 'error', hold });
    expect(await world.attemptsBurnt(name)).toBe(0);
    if (heldAtLeastMs === 0) {
      const sample = `xsoar_intel_held{reason="${hold}"}`;
      await until('a metric shows it', async () => (await metric(sample)) === 1);
      await until('the worker is not ready, and says why', async () => {
        const ready = await fetch(`${worker.metricsUrl}/readyz`);
        return ready.status === 503 && (await ready.text()).includes(`held (${hold})`);
      });
    }
    pipeline.xsoar.faults.clear();
    await world.arrived(request, name);
    expect(Date.now() - from).toBeGreaterThanOrEqual(heldAtLeastMs);
    await until('nothing is held', async () => (await pipeline.snapshot()).holds.length === 0);
    const { jobs } = await pipeline.snapshot();
    expect(jobs.failed).toBe(0);
    // Every delivery that failed was held, and none tried again on the entity's account.
    expect(await metric(failedDeliveries(request))).toBe(failuresBefore);
    // One probe at a time, at the pace of the backoff.
    const probes = pipeline.xsoar.stats().faultsStruck - struckBefore;
    expect(probes).toBeLessThan(40);
  });
});

it('a pause that XSOAR asks one worker for is kept by all', { timeout: 30_000 }, async () => {
  const { pipeline, worker } = world;
  const second = await pipeline.worker();
  const isReady = async ({ metricsUrl }: TestProcess) =>
    (await fetch(`${metricsUrl}/readyz`).catch(() => null))?.status === 200;
  await until('both are ready', async () => (await isReady(second)) && (await isReady(worker)));
  await world.meet('create', 'pause.example', { kind: 'status', status: 429, retryAfter: 1 });
  for (const one of [worker, second]) {
    await until('it is held', async () => {
      const ready = await fetch(`${one.metricsUrl}/readyz`);
      return ready.status === 503 && (await ready.text()).includes('held (rate-limit)');
    });
  }
  pipeline.xsoar.faults.clear();
  await world.arrived('create', 'pause.example');
  expect(await second.end('SIGTERM')).toBe(0);
});

it('in the end XSOAR holds what OpenCTI says, whatever happened before', {
  timeout: 30_000,
}, async () => {
  await world.pipeline.quiet();
  expect(differences(await world.pipeline.compare())).toEqual(NONE);
});
