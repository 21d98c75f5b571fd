/**
 * Lists what XSOAR holds from us, in the order of creation, which concurrent changes do not touch:
 * what is new comes last, what goes leaves no gap that anything could slip through, since each page
 * begins behind the last object of the one before (`searchAfter`). A page that is not what it must
 * be ends the walk with a {@link ListingError}; nothing may be concluded from it. Where only the
 * place is lost (it expired, or too much has gone since), that error says so.
 */
import {
  anyOf,
  fieldClause,
  type IocObject,
  type XsoarClient,
  XsoarError,
} from '@xsoar-intel/xsoar';
import { ListingError } from './errors.ts';

/** Where a walk stands. */
export interface HeldCursor {
  /** `sortValues` of the last object; null before the first page. */
  after: string[] | null;
  /** Objects so far. */
  walked: number;
  lastId: string;
  /** All of them, as the last page said. */
  total: number;
}

/** One page. */
export interface HeldPage {
  objects: IocObject[];
  cursor: HeldCursor;
  /** All that XSOAR holds of ours, as it said with this page. */
  total: number;
}

/** XSOAR's limit is 1000; answers of that size weigh some MB. */
const PAGE_SIZE = 500;
/** How far what XSOAR holds may shrink between two pages, by live deletes. */
const SHRINKS_TO = 0.99;
const GOES_MEANWHILE = 10;
/** Many have one time of creation: without a second field, a page may end in the midst of them. */
const SORT = [
  { field: 'created', asc: true },
  { field: 'id', asc: true },
] as const;
/** What a client error says of the place to go on from: refused, unknown, gone, not understood. */
const PLACE_LOST = [400, 404, 410, 422];

/** Walks from a cursor on. `sources`: XSOAR_SOURCE, and what it was before: by them ours are known. */
export async function* walkHeld(
  xsoar: Pick<XsoarClient, 'search'>,
  sources: readonly string[],
  from: HeldCursor | null,
  signal: AbortSignal,
): AsyncGenerator<HeldPage> {
  let cursor = from ?? { after: null, walked: 0, lastId: '', total: 0 };
  const query = anyOf(sources.map((source) => fieldClause('source', source)));
  for (;;) {
    const { after } = cursor;
    const { iocObjects: page, total } = await searched(
      xsoar.search(
        { query, size: PAGE_SIZE, sort: SORT, ...(after === null ? {} : { searchAfter: after }) },
        signal,
      ),
      after !== null,
    );
    const last = page.at(-1);
    const walked = cursor.walked + page.length;
    const isFull = page.length >= PAGE_SIZE;
    // An answer of nothing says a total of nothing, too: what was said before counts. Some may
    // really have gone since.
    const expected = Math.max(total, Math.floor(cursor.total * SHRINKS_TO) - GOES_MEANWHILE);
    if (!isFull && walked < expected) {
      const what = page.length === 0 ? 'an empty page' : `a page of ${page.length}`;
      throw new ListingError('XSOAR', `${what} after ${cursor.walked} of ${expected} objects`, {
        isPlaceLost: true,
      });
    }
    if (last === undefined) return;
    if (last.id === cursor.lastId) {
      throw new ListingError('XSOAR', 'the same page came twice: this XSOAR ignores searchAfter', {
        isPlaceLost: true,
      });
    }
    const values = sortValuesOf(last);
    if (isFull && values === null) {
      throw new ListingError(
        'XSOAR',
        'a page without sortValues: there is no way to go on from it',
      );
    }
    cursor = { after: values, walked, lastId: last.id, total };
    yield { objects: page.filter(({ source }) => sources.includes(String(source))), cursor, total };
    if (!isFull) return;
  }
}

function sortValuesOf({ sortValues }: IocObject): string[] | null {
  return Array.isArray(sortValues) && sortValues.length > 0 ? sortValues.map(String) : null;
}

/** A search that XSOAR refuses says that the place to go on from is gone, or worse. */
async function searched<T>(answer: Promise<T>, hasPlace: boolean): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof XsoarError)) throw error;
    const isPlaceLost = hasPlace && PLACE_LOST.includes(error.status ?? 0);
    throw new ListingError('XSOAR', error.message, { cause: error, isPlaceLost });
  }
}
