import { type EventId, parseEventId } from '@xsoar-intel/opencti';
import { expect, it } from 'vitest';
import { watchOvertaking } from './overtaking.ts';

const id = (ms: number): EventId => {
  const parsed = parseEventId(`${ms}-0`);
  if (parsed === null) throw new Error(String(ms));
  return parsed;
};
const at = (ms: number, recoverUntil: string | null = null) => ({ id: id(ms), recoverUntil });

it('a place that trimming has passed is told once, also where reading went on meanwhile', () => {
  const watch = watchOvertaking();
  expect(watch.look(at(50), id(10))).toBeNull();
  expect(watch.look(at(90), id(60))).toEqual(id(50));
  expect(watch.look(at(90), id(60))).toBeNull();
});

it('a place that the stream still has, or did not have at the look before, is not told', () => {
  const watch = watchOvertaking();
  expect(watch.look(at(50), id(10))).toBeNull();
  expect(watch.look(at(50), id(50))).toBeNull();
  watch.forget();
  expect(watch.look(at(50), id(60))).toBeNull();
  expect(watch.look(at(50), id(70))).toBeNull();
});

it('a catch-up, the beginning of the stream and no place at all are not overtaken', () => {
  const watch = watchOvertaking();
  for (const place of [at(50, '2026-08-20T09:00:00.000Z'), at(0), null]) {
    expect(watch.look(at(50), id(10))).toBeNull();
    expect(watch.look(place, id(60))).toBeNull();
  }
});
