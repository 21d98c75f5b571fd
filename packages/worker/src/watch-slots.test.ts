import type { Begun, Settled, Slots } from '@xsoar-intel/pipeline';
import { expect, it } from 'vitest';
import { watchSlots } from './watch-slots.ts';

const leased = (tookOver: boolean): Begun => ({
  kind: 'leased',
  version: '1-0',
  operation: 'upsert',
  payload: '{}',
  force: false,
  provisional: tookOver,
  known: false,
  late: false,
  boundValues: [],
  probes: [],
  failures: 0,
  tookOver,
  trace: null,
  obsolete: 0,
});

/** Slots that answer as told; nothing else of them is asked for. */
function slotsThat(answers: { begin: Begun[]; settle: Settled[] }): Slots {
  const next = async <T>(list: T[]): Promise<T> => {
    const answer = list.shift();
    if (answer === undefined) throw new Error('asked once too often');
    return answer;
  };
  return {
    begin: () => next(answers.begin),
    settle: () => next(answers.settle),
  } as Partial<Slots> as Slots;
}

it('tells of leases that were taken over and of provisional settles, and passes all answers on', async () => {
  const told: string[] = [];
  const begins: Begun[] = [leased(false), leased(true), { kind: 'noop' }];
  const settles: Settled[] = [{ kind: 'newer' }, { kind: 'provisional', dueAt: 9 }];
  const slots = watchSlots(slotsThat({ begin: [...begins], settle: [...settles] }), {
    tookOver: () => told.push('took over'),
    provisional: () => told.push('provisional'),
  });
  for (const begun of begins) expect(await slots.begin('e', 't', 'j')).toEqual(begun);
  const outcome = { values: [], bound: [], skipReason: null, answered: true };
  for (const settled of settles) {
    expect(await slots.settle('e', 't', '1-0', outcome)).toEqual(settled);
  }
  expect(told).toEqual(['took over', 'provisional']);
});
