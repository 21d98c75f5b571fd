import { contributionsOf, mergeContributions } from '@xsoar-intel/pipeline';
import type { DesiredIndicator, IocObject } from '@xsoar-intel/xsoar';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLookups, lookAt } from '../../packages/pipeline/src/reconcile/look.ts';
import { openWorld, state } from '../queue/world.ts';
import { startRedis, type TestRedis } from '../support/redis.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

const wish = (indicator_type: string): DesiredIndicator => ({
  value: 'a.example',
  indicator_type,
  score: indicator_type === 'Domain' ? 3 : 1,
  CustomFields: { tags: [indicator_type] },
});

it('what a host and a domain of one name want together is no difference to either', async () => {
  const world = openWorld(server.url);
  const wanted = ['Domain', 'Host'].map((type) => contributionsOf([wish(type)]));
  for (const [n, values] of wanted.entries()) {
    await world.slots.put([state(`e${n}`, '1-0')]);
    await world.slots.begin(`e${n}`, `t${n}`, 'job');
    await world.slots.plan(`e${n}`, `t${n}`, values, []);
    await world.slots.release(`e${n}`, `t${n}`, ['Domain:a.example', 'Host:a.example'], {
      uncertain: false,
      class: 'none',
    });
  }
  const merged = mergeContributions(wanted.flat().map(({ contribution }) => contribution));
  const held: IocObject = {
    id: '7',
    version: 2,
    ...merged?.desired,
    value: 'a.example',
    indicator_type: 'Domain',
  };
  const xsoar = { search: async () => ({ iocObjects: [held], total: 1 }) };
  const parts = {
    ...{ redis: world.redis, keys: world.keys, xsoar },
    names: { known: async () => new Map() },
    opencti: { stixObject: async () => null },
    map: () => ({ ok: true, indicators: [], leftOut: [], notes: [] }) as never,
    ...{ removalTags: [], settleMs: 0 },
  };
  const subject = {
    entityId: 'e1',
    object: { type: 'indicator' } as never,
    wanted: wanted[1] ?? [],
    skip: null,
  };
  const looks = await lookAt(parts, createLookups(xsoar), [subject], false);
  expect(looks.get('e1')).toMatchObject([{ key: 'Host:a.example', verdict: { kind: 'equal' } }]);
  await world.close();
});
