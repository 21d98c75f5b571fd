import { expect, it } from 'vitest';
import { checkTenant, tenantWarnings } from './tenant-check.ts';
import { refusal } from './testing/fake-tenant.ts';
import { rejection } from './testing/rejection.ts';
import type { XsoarField, XsoarType } from './xsoar-client.ts';
import { XsoarError } from './xsoar-error.ts';

const needs = { types: ['IP', 'Mutex', 'Onion Address'], fields: ['tags', 'stixid', 'confidence'] };

const tenant = (types: XsoarType[] | Error, fields: XsoarField[] | Error) => ({
  fetchTypes: async () => orThrow(types),
  fetchFields: async () => orThrow(fields),
});

function orThrow<T>(answer: T[] | Error): T[] {
  if (answer instanceof Error) throw answer;
  return answer;
}

const type = (name: string, disabled = false) => ({ name, disabled });
const field = (name: string) => ({ name, type: 'shortText' });
const redirect = new XsoarError({
  kind: 'redirect',
  operation: 'probe',
  status: 303,
  uncertain: false,
  message: 'probe: 303',
});

it('names what is missing or switched off, with the consequence', async () => {
  const check = await checkTenant(
    tenant([type('IP'), type('Mutex', true)], [field('tags'), field('stixId')]),
    needs,
  );
  expect(check).toEqual({
    missingTypes: ['Mutex', 'Onion Address'],
    missingFields: ['confidence'],
    unknown: [],
  });
  const [types, fields] = tenantWarnings(check);
  expect(types).toContain('Mutex, Onion Address');
  expect(types).toContain('dead letters');
  expect(fields).toContain('confidence');
  expect(fields).toContain('dropped');
});

it('warns of nothing where everything is there', async () => {
  const all = tenant(
    needs.types.map((name) => type(name)),
    needs.fields.map(field),
  );
  expect(tenantWarnings(await checkTenant(all, needs))).toEqual([]);
});

it('calls nothing missing where there is no list', async () => {
  const check = await checkTenant(tenant(redirect, []), needs);
  expect(check).toMatchObject({ missingTypes: null, missingFields: null });
  expect(check.unknown).toEqual([
    'types: this API offers no list (303)',
    'fields: the list is empty',
  ]);
  expect(tenantWarnings(check)).toEqual([]);
});

it.each([401, 403, 429, 503])('gives a %i back: it says nothing about lists', async (status) => {
  const refused = refusal('probe', status, 'no');
  expect(await rejection(checkTenant(tenant(refused, []), needs))).toMatchObject({ status });
});
