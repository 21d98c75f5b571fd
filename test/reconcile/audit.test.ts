import { entityIdOf } from '@xsoar-intel/opencti';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Drifted, type ReconcileWorld, startReconcileWorld, valueIn } from './world.ts';

let world: ReconcileWorld;
let drifted: Drifted;
beforeAll(async () => {
  world = await startReconcileWorld({ entities: 60, opencti: { heartbeatMs: 500, blockMs: 500 } });
  drifted = await world.drift(2);
}, 120_000);
afterAll(() => world.close());

/** The entity behind a value. */
function entityOf(value: string | undefined): string {
  const object = [...world.pipeline.opencti.state()].find((one) => valueIn(one) === value);
  return (object && entityIdOf(object)) ?? '';
}

async function audited(id: string) {
  const { code, stdout } = await world.command(['audit', id, '--json']);
  return { code, ...JSON.parse(stdout) };
}

it.each(['missing', 'stale', 'foreign'] as const)('says what is %s', async (kind) => {
  const [value] = drifted[kind];
  const { code, verdict, values } = await audited(entityOf(value));
  expect([code, verdict.kind]).toEqual([1, 'wrong']);
  expect(verdict.words).toContain(`1 ${kind} of 1 value`);
  expect(values).toMatchObject([{ value, verdict: kind }]);
});

it('says that what nobody stands behind is still there', async () => {
  const { code, verdict, unwanted } = await audited(
    'indicator--00000000-0000-5000-8000-000000000000',
  );
  expect([code, verdict.kind]).toEqual([1, 'wrong']);
  expect(unwanted).toMatchObject([{ value: 'lost-0.example' }]);
});

it('says that all is right, and shows it end to end', async () => {
  const wrong = new Set(Object.values(drifted).flat());
  const object = [...world.pipeline.opencti.state()].find((one) => {
    const value = valueIn(one);
    return value !== '' && !wrong.has(value);
  });
  const { code, stdout } = await world.command(['audit', object?.id ?? '']);
  expect(code).toBe(0);
  expect(stdout).toContain('XSOAR holds exactly what OpenCTI says.');
  expect(stdout).toMatch(/Delivery {4}settled, version \d+-\d+/);
  expect(stdout).toMatch(/XSOAR .*: equal/);
});

it('says that nobody knows of it', async () => {
  const { code, verdict } = await audited('indicator--ffffffff-0000-5000-8000-000000000000');
  expect([code, verdict.kind]).toEqual([0, 'right']);
  expect(verdict.words).toContain('XSOAR holds nothing of it');
});

it('says that the stream leaves it out, and keeps what a removal left on purpose apart', async () => {
  const { opencti, xsoar } = world.pipeline;
  const wrong = new Set(Object.values(drifted).flat());
  const object = [...opencti.state()].find((one) => {
    const value = valueIn(one);
    return value !== '' && !wrong.has(value) && xsoar.get(value) !== undefined;
  });
  opencti.setFilter({ types: ['no-such-type'] });
  const outside = await audited(object?.id ?? '');
  expect(outside).toMatchObject({
    code: 1,
    inStream: false,
    values: [],
    verdict: { kind: 'wrong' },
  });
  expect(outside.verdict.next).toBe('xsoar-intel reconcile --apply');
  expect(outside.unwanted).toMatchObject([{ value: object && valueIn(object) }]);

  const { code, stdout } = await world.command(['audit', object?.id ?? '', '--json'], {
    CONNECTOR_LIVE_STREAM_LISTEN_DELETE: 'false',
  });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ unwanted: [], kept: [{ type: expect.any(String) }] });
});
