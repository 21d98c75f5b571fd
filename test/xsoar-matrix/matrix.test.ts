import { readOwnedRecords } from '@xsoar-intel/pipeline';
import type { Behaviour } from '@xsoar-intel/simulator';
import { expect, it } from 'vitest';
import {
  differences,
  NONE,
  type Pipeline,
  startPipeline,
  type TestProcess,
} from '../e2e/pipeline.ts';
import { createDomain, deleteDomain, entityIdOf, updateDomain } from '../support/indicators.ts';
import { until } from '../support/until.ts';
import { type Operation, type Scenario, scenarios } from './scenarios.ts';

/** Each row differs from the simulator's usual tenant in one switch. */
const tenants: readonly Partial<Behaviour>[] = [
  {},
  { ids: 'md5' },
  { duplicates: 'conflict' },
  { duplicates: 'bad-request' },
  { partialEdit: 'wipe' },
  { missingVersion: 'reject' },
  { missingItem: 'not-found' },
  { unknownType: 'bad-request' },
  { emptyFilterDelete: 'works' },
  { emptyFilterDelete: 'error' },
  { indexLagMs: 200 },
  { looseValues: true },
  { compat: true },
];

const titleOf = (one: Partial<Behaviour>): string =>
  Object.entries(one)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ') || 'the usual tenant';

/** A pipeline against a tenant of this behaviour, while the test lasts. */
async function withPipeline(
  behaviour: Partial<Behaviour>,
  test: (pipeline: Pipeline, worker: TestProcess) => Promise<void>,
): Promise<void> {
  const pipeline = await startPipeline({ xsoar: { behaviour } });
  try {
    await pipeline.ingest();
    // Each lost reply is waited for twice: the state is pushed once more after the window.
    const worker = await pipeline.worker({
      CONNECTOR_CONSUMER_COUNT: '50',
      DELIVERY_LATE_WINDOW: '1s',
    });
    // The worker reads the tenant's types and fields at start: no calls of a row.
    await until('the tenant is checked', () => pipeline.xsoar.stats().requests >= 2);
    await test(pipeline, worker);
  } finally {
    await pipeline.close();
  }
}

async function quietAfter(pipeline: Pipeline, operations: readonly Operation[]): Promise<void> {
  for (const operation of operations) pipeline.opencti.append(operation);
  await pipeline.quiet();
}

/** Verdicts by value of all objects that a row has to do with; several of one value show. */
const left = ({ xsoar }: Pipeline, name: string): [string, unknown][] =>
  [...xsoar.objects()]
    .filter(({ value }) => value.includes(name))
    .map(({ value, score }) => [value, score]);

async function run(
  pipeline: Pipeline,
  scenario: Scenario,
  name: string,
  lagging: boolean,
): Promise<void> {
  const { xsoar } = pipeline;
  const { lost = {}, steps } = scenario;
  for (const [index, step] of steps(name).entries()) {
    const row = `${scenario.name}, step ${index}`;
    const operation = lost[index];
    if (operation !== undefined) {
      xsoar.faults.add({
        operations: [operation],
        times: 1,
        fault: { kind: 'reset', when: 'after' },
      });
    }
    const before = xsoar.stats();
    await quietAfter(pipeline, step.operations);
    const after = xsoar.stats();
    expect(left(pipeline, name), row).toEqual(Object.entries(step.left));
    // Scores, tags, TLP and STIX ids of everything, by the simulators' own oracle.
    const compared = await pipeline.compare();
    const { comparedSome: _, ...found } = differences(compared);
    expect(found, row).toEqual({ missing: [], stale: [], extra: [] });
    expect(after.exclusions, `${row}: nothing was put on the exclusion list`).toBe(0);
    if (operation !== undefined) expect(after.faultsStruck, row).toBe(before.faultsStruck + 1);
    // With an index that lags behind, it is looked at until it shows the last write.
    if (!lagging) expect(after.requests - before.requests, row).toBeLessThanOrEqual(step.calls);
  }
}

/**
 * A value on the exclusion list: 200 with null to one create, then never again; remembered, and
 * told once in the log.
 */
async function letsExcludedGo(pipeline: Pipeline, worker: TestProcess): Promise<void> {
  const { xsoar, client, keys } = pipeline;
  const name = 'excluded.example';
  xsoar.exclude(name);
  const creates = (): number => xsoar.stats().operations.create?.[200] ?? 0;
  const before = creates();
  await quietAfter(pipeline, [createDomain(name, 90)]);
  expect(creates() - before).toBe(1);
  await quietAfter(pipeline, [createDomain(name, 90)]);
  expect(creates() - before).toBe(1);
  expect(left(pipeline, name)).toEqual([]);
  const key = `Domain:${name}`;
  const record = (await readOwnedRecords(client, keys, [key])).get(key);
  expect(record?.outcome).toBe('excluded');
  const told = () => worker.logs().filter(({ value }) => value === key);
  await until('the exclusion is told', () => told().length > 0);
  expect(told()).toMatchObject([{ entityId: entityIdOf(name) }]);
}

it.concurrent.each(tenants.map((behaviour) => ({ title: titleOf(behaviour), behaviour })))(
  '$title: every scenario ends as OpenCTI has it',
  async ({ behaviour }) => {
    await withPipeline(behaviour, async (pipeline, worker) => {
      for (const [index, scenario] of scenarios.entries()) {
        await run(pipeline, scenario, `row-${index}.example`, behaviour.indexLagMs !== undefined);
      }
      expect(differences(await pipeline.compare())).toEqual(NONE);
      await letsExcludedGo(pipeline, worker);
      expect(await pipeline.deadLetters()).toEqual([]);
    });
  },
);

it.concurrent.each(['md5', 'counter'] as const)(
  'a delete finds its indicator after the records of values were lost (ids=%s)',
  async (ids) => {
    await withPipeline({ ids }, async (pipeline) => {
      const name = 'lost.example';
      await quietAfter(pipeline, [createDomain(name)]);
      const { client, keys } = pipeline;
      expect(await client.del(keys.values)).toBe(1);
      await quietAfter(pipeline, [deleteDomain(name)]);
      expect(left(pipeline, name)).toEqual([]);
    });
  },
);

it.concurrent.each(['create', 'edit', 'delete'] as const)(
  'a worker killed between the work of its %s and the reply leaves nothing stale or double',
  async (operation) => {
    const name = 'killed.example';
    const killed = await startPipeline({});
    try {
      await killed.ingest();
      const first = await killed.worker();
      if (operation !== 'create') await quietAfter(killed, [createDomain(name, 90)]);
      killed.xsoar.faults.add({
        operations: [operation],
        times: 1,
        fault: { kind: 'hang', commit: true },
      });
      if (operation === 'create') killed.opencti.append(createDomain(name, 90));
      if (operation === 'edit') killed.opencti.append(updateDomain(name, 5));
      if (operation === 'delete') killed.opencti.append(deleteDomain(name));
      await until('the reply is held', () => killed.xsoar.stats().faultsStruck === 1);
      await first.end('SIGKILL');
      await killed.worker();
      await killed.quiet();
      const expected = { create: [[name, 3]], edit: [[name, 1]], delete: [] };
      expect(left(killed, name)).toEqual(expected[operation]);
    } finally {
      await killed.close();
    }
  },
);

it('a bulk load takes at most 1.1 calls for each fresh indicator', async () => {
  await withPipeline({}, async (pipeline) => {
    const before = pipeline.xsoar.stats().requests;
    const names = Array.from({ length: 1000 }, (_, index) => `bulk-${index}.example`);
    await quietAfter(
      pipeline,
      names.map((name) => createDomain(name)),
    );
    expect(left(pipeline, 'bulk-')).toHaveLength(1000);
    expect((pipeline.xsoar.stats().requests - before) / 1000).toBeLessThanOrEqual(1.1);
  });
});
