import type { Planned, ValueRecord, Wanted } from '@xsoar-intel/pipeline';
import { expect, it } from 'vitest';
import { planValues } from './plan-values.ts';

const wish = (key: string): Wanted => ({ key, contribution: '{}' });

/** Slots that find these kin, one list for each question, and note what is planned. */
function slotsWith(kin: string[][], known: Partial<ValueRecord> = {}) {
  const plans: string[][] = [];
  const answers: Planned['kind'][] = [];
  const slots = {
    kin: async () => kin.shift() ?? [],
    async plan(
      _entity: string,
      _token: string,
      wanted: readonly Wanted[],
      dropped: readonly string[],
    ) {
      const keys = [...wanted.map(({ key }) => key), ...dropped];
      plans.push(keys);
      const kind = answers.shift() ?? 'planned';
      if (kind === 'lost') return { kind };
      if (kind === 'busy') return { kind, waitMs: 60_000 };
      const nothing = { xsoarId: null, version: null, hash: null, outcome: null };
      const record = {
        ...nothing,
        sinceWriteMs: null,
        contributions: ['{}'],
        former: [],
        ...known,
      };
      return { kind, records: keys.map((key) => ({ ...record, key })) };
    },
  };
  return { slots, plans, answers };
}

it('plans a value together with the same value under another type', async () => {
  const { slots, plans } = slotsWith([['Host:a']], { xsoarId: '9' });
  const { touched } = await planValues(slots, 'e', 't', [wish('Domain:a')], ['URL:b'], true);
  expect(plans).toEqual([['Domain:a', 'URL:b', 'Host:a']]);
  expect(touched).toEqual(['Domain:a', 'URL:b', 'Host:a']);
});

it('plans again with a type that came at the same moment, and tells all it touched where that is busy', async () => {
  const { slots, plans, answers } = slotsWith([[], ['Host:a']]);
  answers.push('planned', 'busy');
  const { planned, touched } = await planValues(slots, 'e', 't', [wish('Domain:a')], [], true);
  expect(plans).toEqual([['Domain:a'], ['Domain:a', 'Host:a']]);
  expect(planned).toEqual({ kind: 'busy', waitMs: 1000 });
  expect(touched).toEqual(['Domain:a', 'Host:a']);
});

it('asks nothing for an entity without values', async () => {
  const { slots, plans } = slotsWith([['Host:a']]);
  const { planned } = await planValues(slots, 'e', 't', [], [], true);
  expect(planned).toEqual({ kind: 'planned', records: [] });
  expect(plans).toEqual([]);
});

it('asks behind the plan of an entity that is new, whoever has its value already', async () => {
  const { slots, plans } = slotsWith([['Host:a']], { xsoarId: '9' });
  const { touched } = await planValues(slots, 'e', 't', [wish('Domain:a')], [], false);
  expect(plans).toEqual([['Domain:a'], ['Domain:a', 'Host:a']]);
  expect(touched).toEqual(['Domain:a', 'Host:a']);
});
