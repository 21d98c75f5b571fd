import { isRecord } from '../http/body.ts';
import type { Behaviour } from './behaviour.ts';
import type { Ioc } from './ioc.ts';

/** An object with the values that it was sorted by, its number last: no two have the same. */
interface Placed {
  ioc: Ioc;
  values: [field: string, number: number];
}

/**
 * One page of hits: by `page` and `size`, or behind the object that `searchAfter` names, in the
 * order that `sort` asks for (by one field, as text; that of creation by default). Each object has
 * its `sortValues`. Null: the place to go on from is not known any more.
 * @param hits in the order of creation
 */
export function pageOf(
  hits: readonly Ioc[],
  body: Record<string, unknown>,
  mode: Behaviour['searchAfter'],
): Ioc[] | null {
  const size = typeof body.size === 'number' ? body.size : 0;
  if (size <= 0) return [];
  const [sort] = Array.isArray(body.sort) ? body.sort : [];
  const field = isRecord(sort) && typeof sort.field === 'string' ? sort.field : '';
  const down = isRecord(sort) && sort.asc === false;
  const after = afterOf(body.searchAfter);
  if (after !== null && mode === 'expired') return null;

  const order = (a: Placed, b: Placed): number =>
    (down ? -1 : 1) *
    (a.values[0] < b.values[0] ? -1 : a.values[0] > b.values[0] ? 1 : a.values[1] - b.values[1]);
  let placed = hits.map((ioc): Placed => ({ ioc, values: [textOf(ioc, field), numberOf(ioc)] }));
  // Most often they are in order already.
  if (down || (field !== '' && field !== 'created')) placed.sort(order);
  if (after !== null && mode === 'works') {
    const place: Placed = { ioc: { ...NOBODY }, values: after };
    placed = placed.filter((one) => order(one, place) > 0);
  }
  const page = typeof body.page === 'number' && after === null ? body.page : 0;
  return placed.slice(page * size, (page + 1) * size).map(({ ioc, values }) => ({
    ...ioc,
    sortValues: field === '' ? [String(values[1])] : values.map(String),
  }));
}

const NOBODY: Ioc = {
  id: '',
  version: 0,
  value: '',
  indicator_type: '',
  score: 0,
  CustomFields: {},
};

const textOf = (ioc: Ioc, field: string): string => (field === '' ? '' : String(ioc[field] ?? ''));

const numberOf = ({ sequenceNumber }: Ioc): number => Number(sequenceNumber);

/** One value: the object's number; two: the field before it. */
function afterOf(given: unknown): Placed['values'] | null {
  if (!Array.isArray(given) || given.length === 0) return null;
  const [first, second] = given;
  return second === undefined ? ['', Number(first)] : [String(first), Number(second)];
}
