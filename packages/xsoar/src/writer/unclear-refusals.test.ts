import { describe, expect, it } from 'vitest';
import type { DesiredIndicator } from '../indicator.ts';
import type { KnownIndicator } from '../indicator-writer.ts';
import { FakeTenant, refusal } from '../testing/fake-tenant.ts';
import { rejection } from '../testing/rejection.ts';
import { createIndicatorWriter } from './create-writer.ts';

const value = 'evil.example';

const want = (fields: Partial<DesiredIndicator> = {}): DesiredIndicator => ({
  value,
  indicator_type: 'Domain',
  score: 3,
  source: 'OpenCTI',
  CustomFields: { tags: ['apt'] },
  ...fields,
});

/** A writer as another process would have one: it shares nothing but the tenant. */
const writerOf = (tenant: FakeTenant) =>
  createIndicatorWriter(tenant, { batchWindowMs: 0, patience: tenant.patience });

const upsert = (tenant: FakeTenant, desired = want(), known: KnownIndicator = {}) =>
  writerOf(tenant).upsert(desired, known);
describe('where XSOAR refuses in words that we do not know', () => {
  const refuseOnce = (tenant: FakeTenant, operation: 'create' | 'edit', meanwhile: () => void) => {
    tenant.before = (called) => {
      if (called !== operation) return;
      tenant.before = () => {};
      meanwhile();
      throw refusal(operation, 400, 'das geht so nicht');
    };
  };

  it('creates anew what an edit no longer finds', async () => {
    const tenant = new FakeTenant();
    const { id } = tenant.seed({ value, score: 1 });
    refuseOnce(tenant, 'edit', () => tenant.drop(id));
    expect(await upsert(tenant, want(), { id })).toMatchObject({ outcome: 'created', id: '102' });
    expect(tenant.get(value)).toMatchObject(want());
  });

  it('merges again what somebody has changed meanwhile', async () => {
    const tenant = new FakeTenant();
    const { id } = tenant.seed({ value, score: 1 });
    refuseOnce(tenant, 'edit', () =>
      tenant.change(value, (object) => {
        object.comment = 'watch this';
      }),
    );
    expect(await upsert(tenant, want(), { id })).toMatchObject({ outcome: 'edited', version: 3 });
    expect(tenant.get(value)).toMatchObject({ score: 3, comment: 'watch this' });
  });

  it('edits what somebody has created meanwhile', async () => {
    const tenant = new FakeTenant();
    refuseOnce(tenant, 'create', () => tenant.seed({ value, score: 1 }));
    expect(await upsert(tenant)).toMatchObject({ outcome: 'edited', id: '101' });
    expect(tenant.get(value)).toMatchObject({ score: 3 });
  });

  it('hands the refusal on, after one look, where nothing has changed', async () => {
    const tenant = new FakeTenant();
    const { id } = tenant.seed({ value, score: 1 });
    tenant.before = (operation) => {
      if (operation !== 'search') throw refusal(operation, 400, 'das geht so nicht');
    };
    expect(await rejection(upsert(tenant, want(), { id }))).toMatchObject({ status: 400 });
    expect(tenant.calls).toEqual(['search', 'edit', 'search']);
    const created = upsert(tenant, want({ value: 'new.example' }));
    expect(await rejection(created)).toMatchObject({ operation: 'create', status: 400 });
    expect(tenant.calls.slice(3)).toEqual(['search', 'create', 'search']);
    expect(tenant.patience.now()).toBe(0);
  });
});

it('reads a newer version after a conflict, not the one before the loser', async () => {
  const tenant = new FakeTenant({ indexLagMs: 3000 });
  const writer = writerOf(tenant);
  const { id } = tenant.seed({ value, score: 1 });
  await writer.upsert(want({ score: 2 }), { id });
  tenant.change(value, (object) => {
    object.comment = 'watch this';
  });
  const result = await writer.upsert(want(), { id });
  expect(result).toEqual({ outcome: 'edited', id, version: 4 });
  expect(tenant.count('edit')).toBe(3);
  expect(tenant.get(value)).toMatchObject({ score: 3, comment: 'watch this' });
});

it('takes an older version where nothing newer comes: the id may have begun anew', async () => {
  const tenant = new FakeTenant({ ids: 'md5' });
  const { id } = tenant.seed({ value, score: 1, version: 5 });
  tenant.before = (operation) => {
    if (operation !== 'edit') return;
    tenant.before = () => {};
    tenant.drop(id);
    tenant.seed({ value, score: 1 });
  };
  expect(await upsert(tenant, want(), { id })).toEqual({ outcome: 'edited', id, version: 2 });
});
