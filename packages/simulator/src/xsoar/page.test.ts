import { expect, test } from 'vitest';
import { newIoc } from './ioc.ts';
import { pageOf } from './page.ts';

const hits = [1, 2, 3, 4, 5].map((sequence) =>
  newIoc(
    { value: `v${sequence}` },
    {
      id: String(sequence),
      sequence,
      at: `2026-01-0${Math.ceil(sequence / 2)}`,
      account: '',
      setBy: '',
    },
  ),
);
const sort = [
  { field: 'created', asc: true },
  { field: 'id', asc: true },
];
const ids = (page: ReturnType<typeof pageOf>): string[] | undefined => page?.map(({ id }) => id);

test('pages behind one another have everything once, whatever goes and comes between them', () => {
  const first = pageOf(hits, { size: 2, sort }, 'works');
  expect(ids(first)).toEqual(['1', '2']);
  const changed = hits.slice(1);
  const second = pageOf(changed, { size: 2, sort, searchAfter: first?.[1]?.sortValues }, 'works');
  expect(ids(second)).toEqual(['3', '4']);
  const last = pageOf(changed, { size: 2, sort, searchAfter: second?.[1]?.sortValues }, 'works');
  expect(ids(last)).toEqual(['5']);
});

test('without a field that tells them apart, what is equal at the end of a page is skipped', () => {
  const alone = [{ field: 'created', asc: true }];
  const first = pageOf(hits, { size: 3, sort: alone }, 'works');
  expect(ids(first)).toEqual(['1', '2', '3']);
  const searchAfter = first?.at(-1)?.sortValues;
  expect(ids(pageOf(hits, { size: 3, sort: alone, searchAfter }, 'works'))).toEqual(['5']);
});

test('the place may be ignored, or gone', () => {
  const body = { size: 2, sort, searchAfter: ['2026-01-01', '2'] };
  expect(ids(pageOf(hits, body, 'ignored'))).toEqual(['1', '2']);
  expect(pageOf(hits, body, 'expired')).toBeNull();
});

test('a page without a sort goes by number, the last first where it is asked so', () => {
  expect(ids(pageOf(hits, { size: 2, page: 1 }, 'works'))).toEqual(['3', '4']);
  const down = sort.map(({ field }) => ({ field, asc: false }));
  expect(ids(pageOf(hits, { size: 2, sort: down }, 'works'))).toEqual(['5', '4']);
});
