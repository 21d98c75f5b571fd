import { isRecord } from '../http/body.ts';
import type { Behaviour } from './behaviour.ts';
import type { Ioc } from './ioc.ts';

/** An object with the values that it is sorted by. Several may have the same ones. */
interface Placed {
  ioc: Ioc;
  values: readonly (string | number)[];
}

interface SortField {
  field: string;
  down: boolean;
}

/**
 * One page of hits: by `page` and `size`, or behind the place that `searchAfter` names, in the order
 * that `sort` asks for (as text; by number by default). Each object has its `sortValues`. Nothing but
 * the fields asked for makes a place: where they are equal for several, a page may end among them, and
 * the next one begins behind them all. Null: the place to go on from is not known any more.
 * @param hits in the order of creation
 */
export function pageOf(
  hits: readonly Ioc[],
  body: Record<string, unknown>,
  mode: Behaviour['searchAfter'],
): Ioc[] | null {
  const size = typeof body.size === 'number' ? body.size : 0;
  if (size <= 0) return [];
  const sort = sortOf(body.sort);
  const given = Array.isArray(body.searchAfter) ? body.searchAfter : [];
  const after = given.length === 0 ? null : given;
  if (after !== null && mode === 'expired') return null;

  const valuesOf = (ioc: Ioc): Placed['values'] =>
    sort.length === 0 ? [numberOf(ioc)] : sort.map(({ field }) => String(ioc[field] ?? ''));
  const order = (a: Placed['values'], b: Placed['values']): number => {
    for (const [index, value] of a.entries()) {
      const other = b[index] ?? '';
      if (value === other) continue;
      return (value < other ? -1 : 1) * (sort[index]?.down ? -1 : 1);
    }
    return 0;
  };
  let placed = hits.map((ioc): Placed => ({ ioc, values: valuesOf(ioc) }));
  if (after !== null && mode === 'works') {
    const place = sort.length === 0 ? after.map(Number) : after.map(String);
    placed = placed.filter(({ values }) => order(values, place) > 0);
  }
  // Most often they are in order already, or nearly.
  placed.sort((a, b) => order(a.values, b.values));
  const page = typeof body.page === 'number' && after === null ? body.page : 0;
  return placed
    .slice(page * size, (page + 1) * size)
    .map(({ ioc, values }) => ({ ...ioc, sortValues: values.map(String) }));
}

function sortOf(given: unknown): SortField[] {
  const fields = Array.isArray(given) ? given.filter(isRecord) : [];
  return fields.flatMap(({ field, asc }) =>
    typeof field === 'string' ? [{ field, down: asc === false }] : [],
  );
}

const numberOf = ({ sequenceNumber }: Ioc): number => Number(sequenceNumber);
