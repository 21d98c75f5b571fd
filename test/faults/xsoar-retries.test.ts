/** What XSOAR fails at, and a later attempt can mend: the rest of the outcome table, see xsoar.test.ts. */
import type { Fault } from '@xsoar-intel/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { differences, NONE } from '../e2e/pipeline.ts';
import { entityIdOf, updateDomain } from '../support/indicators.ts';
import { until } from '../support/until.ts';
import {
  type FaultyRequest,
  failedDeliveries,
  startXsoarWorld,
  type XsoarWorld,
} from './xsoar-world.ts';

let world: XsoarWorld;

beforeAll(async () => {
  world = await startXsoarWorld();
});
afterAll(() => world.pipeline.close());
beforeEach(() => world.pipeline.xsoar.faults.clear());

/** Nothing is held, and nothing was given up. */
async function expectNothingElse(): Promise<void> {
  const { holds, jobs } = await world.pipeline.snapshot();
  expect({ holds, dead: jobs.failed }).toEqual({ holds: [], dead: 0 });
}

const failuresOf = (name: string) =>
  world.worker.logs().filter(({ entityId }) => entityId === entityIdOf(name));

describe('what a retry can mend is tried again after a backoff', () => {
  const rows: [what: string, request: FaultyRequest, fault: Fault, reason: string][] = [
    ['408', 'create', { kind: 'status', status: 408 }, 'timeout'],
    ['500', 'create', { kind: 'status', status: 500 }, 'server-error'],
    ['500 that was done', 'create', { kind: 'status', status: 500, commit: true }, 'server-error'],
    ['502', 'create', { kind: 'status', status: 502 }, 'unavailable'],
    ['503', 'create', { kind: 'status', status: 503 }, 'unavailable'],
    ['a reset before it was done', 'create', { kind: 'reset', when: 'before' }, 'network'],
    ['a reset after it was done', 'create', { kind: 'reset', when: 'after' }, 'network'],
    ['a cut body', 'create', { kind: 'cut-body' }, 'network'],
    ['headers that come too late', 'create', { kind: 'slow-headers', delayMs: 60_000 }, 'timeout'],
    ['a body that comes too late', 'create', { kind: 'slow-body', delayMs: 60_000 }, 'timeout'],
    ['no answer', 'create', { kind: 'hang' }, 'timeout'],
    ['a look-up that fails', 'search', { kind: 'status', status: 500 }, 'server-error'],
    ['a look-up that is cut', 'search', { kind: 'cut-body' }, 'network'],
    ['an edit that fails', 'edit', { kind: 'status', status: 500 }, 'server-error'],
    ['an edit that was done', 'edit', { kind: 'reset', when: 'after' }, 'network'],
    ['an edit before a gateway', 'edit', { kind: 'status', status: 502 }, 'unavailable'],
    ['a delete that fails', 'delete', { kind: 'status', status: 500 }, 'server-error'],
    ['a delete that was done', 'delete', { kind: 'reset', when: 'after' }, 'network'],
    ['a delete without an answer', 'delete', { kind: 'hang' }, 'timeout'],
  ];

  it.each(rows)('%s', { timeout: 30_000 }, async (what, request, fault, reason) => {
    const { pipeline, metric } = world;
    const name = `retry-${rows.findIndex(([other]) => other === what)}.example`;
    const before = await metric(failedDeliveries(request));
    const struck = pipeline.xsoar.stats().faultsStruck;
    await world.meet(request, name, fault, { times: 1 });
    await world.logged({ level: 'warn', entityId: entityIdOf(name), reason, failures: 1 });
    await world.arrived(request, name);
    expect(pipeline.xsoar.stats().faultsStruck).toBe(struck + 1);
    expect(await metric(failedDeliveries(request))).toBeGreaterThan(before);
    await expectNothingElse();
    // Whatever took effect late or twice: there is one of it.
    const twins = [...pipeline.xsoar.objects()].filter(({ value }) => value === name);
    expect(twins).toHaveLength(request === 'delete' ? 0 : 1);
  });

  it('and one entity that never succeeds is a dead letter when its attempts are used up', {
    timeout: 30_000,
  }, async () => {
    const { pipeline, metric, delivered } = world;
    const name = 'always-500.example';
    await world.meet('create', name, { kind: 'status', status: 500 });
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
    await world.arrived('create', name);
  });
});

// Before the rest: the oracle knows nothing of what analysts write.
it('after all of this XSOAR holds what OpenCTI says', {
  timeout: 30_000,
}, async () => {
  await world.pipeline.quiet();
  expect(differences(await world.pipeline.compare())).toEqual(NONE);
});

describe('somebody else wrote the same indicator', () => {
  /** In XSOAR's own words for a version that was left behind. */
  const LOCKED: Fault = {
    kind: 'status',
    status: 400,
    body: JSON.stringify({
      ...{ id: 'errOptimisticLock', status: 400, title: 'Optimistic lock error' },
      error: "DB Version '2' and Insert version '1' do not match for id: 1 on bucket [] (15)",
    }),
  };

  it('before a create, which 409 says: it is looked for and edited, without a failure', async () => {
    const name = 'conflict.example';
    await world.meet('create', name, { kind: 'status', status: 409, commit: true }, { times: 1 });
    await world.arrived('create', name);
    await world.settled();
    expect(failuresOf(name)).toEqual([]);
  });

  it('before an edit, which its version tells XSOAR: both writes stay, without a failure', async () => {
    const { pipeline } = world;
    const name = 'analyst.example';
    await world.delivered(name);
    await world.settled();
    pipeline.xsoar.behaviour({ analyst: true });
    pipeline.opencti.append(updateDomain(name, 10));
    await world.arrived('edit', name);
    pipeline.xsoar.behaviour({ analyst: false });
    await world.settled();
    expect(pipeline.xsoar.get(name)?.CustomFields?.tags).toContain('analyst');
    expect(failuresOf(name)).toEqual([]);
  });

  // An edit may lose five times before it counts as a failure.
  const rows: [what: string, fault: Fault, times: number, failures: number][] = [
    ['409 to an edit', { kind: 'status', status: 409 }, 1, 0],
    ['errOptimisticLock to an edit', LOCKED, 1, 0],
    ['errOptimisticLock to one edit after the other', LOCKED, 6, 1],
  ];

  it.each(rows)('%s', async (what, fault, times, failures) => {
    const { xsoar } = world.pipeline;
    const name = `lock-${rows.findIndex(([other]) => other === what)}.example`;
    const before = await world.metric(failedDeliveries('edit'));
    const struck = xsoar.stats().faultsStruck;
    await world.meet('edit', name, fault, { times });
    for (let n = 1; n <= times; n += 1) {
      await until('an edit was refused', () => xsoar.stats().faultsStruck >= struck + n);
      // The write that the refusal speaks of.
      xsoar.analystEdit({ value: name, addTags: [`analyst-${n}`] });
    }
    await world.arrived('edit', name);
    await world.settled();
    const told = failuresOf(name).map(({ level, reason }) => ({ level, reason }));
    expect(told).toEqual(Array(failures).fill({ level: 'warn', reason: 'conflict' }));
    expect(await world.metric(failedDeliveries('edit'))).toBe(before + failures);
    expect(xsoar.get(name)?.CustomFields?.tags).toContain(`analyst-${times}`);
    await expectNothingElse();
  });
});
