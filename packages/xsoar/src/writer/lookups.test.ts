import { expect, it } from 'vitest';
import { FakeTenant, refusal } from '../testing/fake-tenant.ts';
import { rejection } from '../testing/rejection.ts';
import { Lookups } from './lookups.ts';

const sizes = { maxKeys: 100, windowMs: 1, gatherMs: 1, holdBackAt: 8, maxHoldBackMs: 1000 };

it('joins a hundred look-ups into one search, with room for all', async () => {
  const tenant = new FakeTenant();
  for (let index = 0; index < 100; index += 1) tenant.seed({ value: `h${index}.example` });
  const lookups = new Lookups(tenant, sizes);
  const found = await Promise.all(
    Array.from({ length: 100 }, (_, index) => lookups.byValue(`h${index}.example`)),
  );
  expect(found.map(([object]) => object?.value)).toEqual(
    Array.from({ length: 100 }, (_, index) => `h${index}.example`),
  );
  expect(tenant.calls).toEqual(['search']);
  expect(tenant.queries[0]?.size).toBeGreaterThanOrEqual(100);
  expect(tenant.queries[0]?.size).toBeLessThanOrEqual(1000);
});

it('looks for ids and values in one search', async () => {
  const tenant = new FakeTenant();
  const { id } = tenant.seed({ value: 'a.example' });
  tenant.seed({ value: 'b.example' });
  const lookups = new Lookups(tenant, sizes);
  const [byId, byValue, noId, noValue] = await Promise.all([
    lookups.byId(id),
    lookups.byValue('b.example'),
    lookups.byId('999'),
    lookups.byValue('c.example'),
  ]);
  expect(byId?.value).toBe('a.example');
  expect(byValue.map(({ value }) => value)).toEqual(['b.example']);
  expect(noId).toBeNull();
  expect(noValue).toEqual([]);
  expect(tenant.calls).toEqual(['search']);
});

it('finds all whose STIX ids name one, in the same search as the others', async () => {
  const tenant = new FakeTenant();
  const stixid = (...ids: string[]) => ({ stixid: ids.join(', ') });
  tenant.seed({ value: 'a.example', CustomFields: stixid('indicator--1', 'indicator--2') });
  tenant.seed({ value: 'b.example', CustomFields: stixid('indicator--2') });
  tenant.seed({ value: 'c.example', CustomFields: stixid('indicator--22') });
  const lookups = new Lookups(tenant, sizes);
  const [found, none] = await Promise.all([
    lookups.byStixId('indicator--2'),
    lookups.byStixId('indicator--9'),
    lookups.byValue('a.example'),
  ]);
  expect(found.map(({ value }) => value)).toEqual(['a.example', 'b.example']);
  expect(none).toEqual([]);
  expect(tenant.calls).toEqual(['search']);
});

it('finds values that need escaping', async () => {
  const tenant = new FakeTenant();
  const value = 'HKLM\\Run\\"x"';
  tenant.seed({ value, indicator_type: 'Registry Key' });
  const [found] = await new Lookups(tenant, sizes).byValue(value);
  expect(found?.value).toBe(value);
});

it('gives all spellings of a value, and nothing that merely contains it', async () => {
  const tenant = new FakeTenant();
  for (const value of ['evil.example', 'EVIL.example', 'www.evil.example']) tenant.seed({ value });
  const found = await new Lookups(tenant, sizes).byValue('evil.example');
  expect(found.map(({ value }) => value)).toEqual(['evil.example', 'EVIL.example']);
});

it('turns pages until it has found the exact value', async () => {
  const tenant = new FakeTenant();
  for (let index = 0; index < 250; index += 1) tenant.seed({ value: `n${index}.evil.example` });
  tenant.seed({ value: 'evil.example' });
  const lookups = new Lookups(tenant, sizes);
  expect(await lookups.byValue('evil.example')).toHaveLength(1);
  expect(tenant.queries.map(({ page }) => page)).toEqual([0, 1, 2]);
});

it('does not call a value absent when it could not see all matches', async () => {
  const tenant = new FakeTenant();
  for (let index = 0; index < 1001; index += 1) tenant.seed({ value: `n${index}.evil.example` });
  tenant.seed({ value: 'good.example' });
  const lookups = new Lookups(tenant, sizes);
  const [lost, found] = await Promise.all([
    rejection(lookups.byValue('evil.example')),
    lookups.byValue('good.example'),
  ]);
  expect(lost).toMatchObject({ kind: 'bad-answer', operation: 'search' });
  expect(found).toHaveLength(1);
});

it('separates a query that XSOAR refuses from the others', async () => {
  const tenant = new FakeTenant();
  tenant.seed({ value: 'a.example' });
  const search = tenant.search.bind(tenant);
  tenant.search = async (filter) => {
    if (filter.query.includes('poison')) throw refusal('search', 400, 'cannot parse');
    return search(filter);
  };
  const lookups = new Lookups(tenant, sizes);
  const [found, refused] = await Promise.all([
    lookups.byValue('a.example'),
    rejection(lookups.byValue('poison')),
  ]);
  expect(found).toHaveLength(1);
  expect(refused).toMatchObject({ status: 400 });
});
