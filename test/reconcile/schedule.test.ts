import { generateFeed } from '@xsoar-intel/simulator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { differences, NONE } from '../e2e/pipeline.ts';
import { until } from '../support/until.ts';
import { type ReconcileWorld, startReconcileWorld } from './world.ts';

let world: ReconcileWorld;
beforeAll(async () => {
  world = await startReconcileWorld({
    entities: 200,
    worker: { CONNECTOR_CONSUMER_COUNT: '1' },
  });
}, 120_000);
afterAll(() => world.close());

it('lets live events go first, however much there is to repair', async () => {
  const { pipeline } = world;
  const { opencti, xsoar, client, keys } = pipeline;
  await world.drift(18);
  xsoar.latency({ default: 40 });
  let most = 0;
  let live = 0;
  const feed = generateFeed({ entities: 20, seed: 9, types: ['Email-Addr'], updateShare: 0 });
  const run = world.here({ apply: true });
  let running = true;
  void run.finally(() => {
    running = false;
  });
  await until('repairs are asked for', () => client.zcard(keys.pending));
  for (const operation of feed) {
    if (!running) break;
    opencti.append(operation);
    if (operation.kind !== 'create' || operation.object.type !== 'indicator') continue;
    const value = operation.expects?.values[0]?.value;
    if (value === undefined) continue;
    live += 1;
    await until('it is in XSOAR', async () => {
      most = Math.max(most, await client.zcard(keys.pending));
      return xsoar.get(value);
    });
  }
  const { counts } = await run;
  xsoar.latency({});
  expect(counts.repaired).toBeGreaterThanOrEqual(80);
  expect(live).toBeGreaterThan(2);
  // Two batches of repairs and the event itself; without the gate all 90 would be before it.
  expect(most).toBeLessThanOrEqual(45);
  await pipeline.quiet();
}, 120_000);

it('reconciles by the clock, in one ingest of several, and shows what it found', async () => {
  const { pipeline, environment } = world;
  const { RECONCILE_SETTLE = '', XSOAR_URL = '', XSOAR_KEY_ID = '', XSOAR_KEY = '' } = environment;
  await pipeline.quiet();
  const drifted = await world.drift(5);
  // The one that drift() started stands down, so that those that reconcile lead.
  await world.stopIngest();
  const settings = {
    ...{ RECONCILE_INTERVAL: '1m', RECONCILE_APPLY: 'true', RECONCILE_SETTLE },
    ...{ XSOAR_URL, XSOAR_KEY_ID, XSOAR_KEY, RECONCILE_MAX_DELETE_SHARE: '50%' },
  };
  await pipeline.client.del(pipeline.keys.reconcileLast);
  const ingests = [await world.startIngest(settings), await world.startIngest(settings)];
  const report = await until('it ran', async () => (await pipeline.snapshot()).reconciled, {
    timeoutMs: 60_000,
  });
  expect(report.counts).toMatchObject({
    ...{ missing: drifted.missing.length, stale: 5, foreign: 5, extra: 10 },
  });
  await pipeline.quiet();
  expect(differences(await pipeline.compare())).toEqual(NONE);

  const ran = ingests.filter((one) =>
    one.logs().some(({ msg }) => msg === 'reconciling XSOAR with OpenCTI'),
  );
  expect(ran).toHaveLength(1);
  const metrics = await until('the gauges are served', async () => {
    const text = await ran[0]?.metrics();
    return text?.includes('xsoar_intel_reconcile_drift{') ? text : null;
  });
  expect(metrics).toContain('xsoar_intel_reconcile_drift{kind="extra"} 10');
  expect(metrics).toContain('xsoar_intel_reconcile_unrepaired 0');
  expect(metrics).toMatch(/xsoar_intel_reconcile_runs_total\{outcome="differed"\} 1/);
  const { stdout } = await world.command(['status']);
  expect(stdout).toMatch(
    /Reconciled\s+.*5 missing, 5 stale, 5 foreign, 10 extra; repair asked for/,
  );
}, 120_000);
