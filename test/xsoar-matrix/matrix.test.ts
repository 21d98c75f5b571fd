import { readOwnedRecords, writeTenantAnswers } from '@xsoar-intel/pipeline';
import { type Behaviour, compare, type FakeXsoarOptions } from '@xsoar-intel/simulator';
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

/** An XSOAR as it may be, and what a worker is told of it. */
interface Tenant {
  xsoar?: FakeXsoarOptions;
  worker?: Record<string, string>;
  /** What a probe of the public prefix has found, by question. */
  answers?: Record<string, string>;
  /** The child account that is written to. */
  account?: string;
}

/** Each row differs from the simulator's usual tenant in one switch. */
const switches: readonly Partial<Behaviour>[] = [
  {},
  { ids: 'md5' },
  { duplicates: 'keep' },
  { duplicates: 'replace' },
  { duplicates: 'conflict' },
  { duplicates: 'bad-request' },
  { partialEdit: 'wipe' },
  { missingVersion: 'reject' },
  { missingItem: 'not-found' },
  { unknownType: 'bad-request' },
  { unknownFields: 'drop' },
  { emptyFilterDelete: 'works' },
  { emptyFilterDelete: 'error' },
  { indexLagMs: 200 },
  { looseValues: true },
  { analyst: true },
  { compat: true },
];

/** Dialects, each with a way to present the key. */
const dialects: readonly (Tenant & { title: string })[] = [
  {
    title: 'XSOAR 6, a child account',
    xsoar: { product: '6', tenants: ['acme'] },
    worker: { XSOAR_API: '6', XSOAR_TENANT: 'acme' },
    account: 'acme',
  },
  {
    title: 'edits as probed, an advanced key',
    xsoar: {
      keys: [{ id: '17', key: 'xsoar-key', type: 'advanced' }],
      behaviour: { publicEdits: false },
    },
    worker: { XSOAR_KEY_TYPE: 'advanced' },
    answers: { edit: '303' },
  },
];

const titleOf = (one: Partial<Behaviour>): string =>
  Object.entries(one)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ') || 'the usual tenant';

const tenants: readonly (Tenant & { title: string })[] = [
  ...switches.map((behaviour) => ({ title: titleOf(behaviour), xsoar: { behaviour } })),
  ...dialects,
];

/** A pipeline against a tenant, while the test lasts. */
async function withPipeline(
  tenant: Tenant,
  test: (pipeline: Pipeline, worker: TestProcess) => Promise<void>,
): Promise<void> {
  const pipeline = await startPipeline({ xsoar: tenant.xsoar ?? {} });
  try {
    await pipeline.ingest();
    if (tenant.answers !== undefined) {
      const { client, keys, xsoar } = pipeline;
      const address = `${xsoar.url}/xsoar/public/v1`;
      await writeTenantAnswers(client, keys, { address, at: Date.now(), answers: tenant.answers });
    }
    // Each lost reply is waited for twice: the state is pushed once more after the window.
    const worker = await pipeline.worker({
      CONNECTOR_CONSUMER_COUNT: '50',
      DELIVERY_LATE_WINDOW: '1s',
      ...tenant.worker,
    });
    // The worker reads the tenant's types and fields at start: no calls of a row.
    await until('the tenant is checked', () => pipeline.xsoar.stats().requests >= 2);
    await test(pipeline, worker);
  } finally {
    await pipeline.close();
  }
}

/** XSOAR against the stream; what the simulator's analyst adds is his. */
const compared = ({ opencti, xsoar }: Pipeline, account?: string) =>
  compare(opencti.expectations(), xsoar.dump(account), { allowTag: (tag) => tag === 'analyst' });

async function quietAfter(pipeline: Pipeline, operations: readonly Operation[]): Promise<void> {
  for (const operation of operations) pipeline.opencti.append(operation);
  await pipeline.quiet();
}

/** Verdicts by value of all objects that a row has to do with; several of one value show. */
const left = ({ xsoar }: Pipeline, name: string, account?: string): [string, unknown][] =>
  [...xsoar.objects(account)]
    .filter(({ value }) => value.includes(name))
    .map(({ value, score }) => [value, score]);

async function run(
  pipeline: Pipeline,
  scenario: Scenario,
  name: string,
  { account, xsoar: { behaviour = {} } = {} }: Tenant,
): Promise<void> {
  const { xsoar } = pipeline;
  const { lost = {}, steps } = scenario;
  // With an index that lags behind, it is looked at until it shows the last write; an edit
  // that lost against an analyst is done again.
  const takesMore = behaviour.indexLagMs !== undefined || behaviour.analyst === true;
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
    expect(left(pipeline, name, account), row).toEqual(Object.entries(step.left));
    // Scores, tags, TLP and STIX ids of everything, by the simulators' own oracle.
    const { comparedSome: _, ...found } = differences(compared(pipeline, account));
    expect(found, row).toEqual({ missing: [], stale: [], extra: [] });
    expect(after.exclusions, `${row}: nothing was put on the exclusion list`).toBe(0);
    if (operation !== undefined) expect(after.faultsStruck, row).toBe(before.faultsStruck + 1);
    if (!takesMore) expect(after.requests - before.requests, row).toBeLessThanOrEqual(step.calls);
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

// Five rows at a time, with three processes each: on a busy machine one takes over a minute.
it.concurrent.each(tenants)(
  '$title: every scenario ends as OpenCTI has it',
  { timeout: 180_000 },
  async (tenant) => {
    await withPipeline(tenant, async (pipeline, worker) => {
      for (const [index, scenario] of scenarios.entries()) {
        await run(pipeline, scenario, `row-${index}.example`, tenant);
      }
      expect(differences(compared(pipeline, tenant.account))).toEqual(NONE);
      // The exclusion list of the simulator is the main account's.
      if (tenant.account === undefined) await letsExcludedGo(pipeline, worker);
      expect(await pipeline.deadLetters()).toEqual([]);
    });
  },
);

it.concurrent.each(['md5', 'counter'] as const)(
  'a delete finds its indicator after the records of values were lost (ids=%s)',
  async (ids) => {
    await withPipeline({ xsoar: { behaviour: { ids } } }, async (pipeline) => {
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

it.concurrent('a tenant that lower-cases values has one indicator for each, whatever their case', async () => {
  await withPipeline({ xsoar: { behaviour: { values: 'lower-case' } } }, async (pipeline) => {
    await quietAfter(pipeline, [createDomain('Case.Example', 90)]);
    expect(left(pipeline, 'case.example')).toEqual([['case.example', 3]]);
    await quietAfter(pipeline, [updateDomain('Case.Example', 5)]);
    expect(left(pipeline, 'case.example')).toEqual([['case.example', 1]]);
    await quietAfter(pipeline, [deleteDomain('Case.Example')]);
    expect([...pipeline.xsoar.objects()]).toEqual([]);
    expect(await pipeline.deadLetters()).toEqual([]);
  });
});
