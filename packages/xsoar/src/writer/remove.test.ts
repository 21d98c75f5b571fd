import { expect, it } from 'vitest';
import { FakeTenant, refusal, timeOut } from '../testing/fake-tenant.ts';
import { rejection } from '../testing/rejection.ts';
import { createIndicatorWriter } from './create-writer.ts';

const value = 'evil.example';
const target = { value, type: 'Domain' };

const writerOf = (tenant: FakeTenant) =>
  createIndicatorWriter(tenant, { batchWindowMs: 0, patience: tenant.patience });

it('deletes by a known id in one call', async () => {
  const tenant = new FakeTenant();
  const { id } = tenant.seed({ value });
  expect(await writerOf(tenant).remove({ ...target, id }, 'gone')).toEqual({ outcome: 'deleted' });
  expect(tenant.calls).toEqual(['delete']);
  expect(tenant.get(value)).toBeUndefined();
});

it('finds the id by value', async () => {
  const tenant = new FakeTenant();
  tenant.seed({ value });
  tenant.seed({ value: `www.${value}` });
  expect(await writerOf(tenant).remove(target, 'gone')).toEqual({ outcome: 'deleted' });
  expect([...tenant.objects.values()].map((object) => object.value)).toEqual([`www.${value}`]);
});

it('has nothing to delete where nothing is', async () => {
  const tenant = new FakeTenant();
  expect(await writerOf(tenant).remove(target, 'gone')).toEqual({ outcome: 'absent' });
  expect(tenant.calls).toEqual(['search']);
});

it('deletes what only its folded record remembers, a registry key in mixed case', async () => {
  const tenant = new FakeTenant();
  tenant.seed({ value: 'HKLM\\Software\\Evil', indicator_type: 'Registry Key' });
  const folded = { value: 'hklm\\software\\evil', type: 'Registry Key' };
  expect(await writerOf(tenant).remove(folded, 'gone')).toEqual({ outcome: 'deleted' });
  expect(tenant.objects.size).toBe(0);
});

it('is done where the known one is gone already', async () => {
  const tenant = new FakeTenant();
  const removed = await writerOf(tenant).remove({ ...target, id: '9' }, 'gone');
  expect(removed).toEqual({ outcome: 'absent' });
});

it('deletes the one that has taken the place of the known one', async () => {
  const tenant = new FakeTenant();
  tenant.seed({ value });
  const removed = await writerOf(tenant).remove({ ...target, id: '9' }, 'gone');
  expect(removed).toEqual({ outcome: 'deleted' });
  expect(tenant.get(value)).toBeUndefined();
});

it('leaves alone what has taken the known id, and deletes the value where it is now', async () => {
  const tenant = new FakeTenant();
  const foreign = tenant.seed({ value: 'foreign.example' });
  const removed = await writerOf(tenant).remove({ ...target, id: foreign.id }, 'gone');
  expect(removed).toEqual({ outcome: 'absent' });
  tenant.seed({ value });
  const again = await writerOf(tenant).remove({ ...target, id: foreign.id }, 'gone');
  expect(again).toEqual({ outcome: 'deleted' });
  expect([...tenant.objects.values()]).toEqual([foreign]);
});

it('deletes each of two values of which one is remembered under the id of the other', async () => {
  const tenant = new FakeTenant();
  const { id } = tenant.seed({ value });
  tenant.seed({ value: 'other.example' });
  const writer = writerOf(tenant);
  await Promise.all([
    writer.remove({ ...target, id }, 'gone'),
    writer.remove({ ...target, value: 'other.example', id }, 'gone'),
  ]);
  expect([...tenant.objects.values()]).toEqual([]);
});

it('deletes by its id what XSOAR stores in another spelling', async () => {
  const tenant = new FakeTenant();
  const { id } = tenant.seed({ value: 'hxxp://evil[.]example', indicator_type: 'URL' });
  const known = { value: 'http://evil.example/', type: 'URL', id };
  expect(await writerOf(tenant).remove(known, 'gone')).toEqual({ outcome: 'deleted' });
  expect(tenant.calls).toEqual(['delete', 'search', 'search', 'search', 'delete']);
});

it('does not believe a 200 that has deleted nothing', async () => {
  const tenant = new FakeTenant();
  const { id } = tenant.seed({ value });
  tenant.undeletable.add(id);
  const error = await rejection(writerOf(tenant).remove({ ...target, id }, 'gone'));
  expect(error).toMatchObject({ kind: 'status', status: 409, operation: 'delete' });
  expect(error.message).toContain('role');
});

it('is not fooled by an index that still shows what is gone', async () => {
  const tenant = new FakeTenant({ indexLagMs: 300 });
  const { id } = tenant.seed({ value });
  tenant.drop(id);
  const removed = await writerOf(tenant).remove({ ...target, id }, 'gone');
  expect(removed).toEqual({ outcome: 'absent' });
});

it('deletes what it has just created, though the index does not show it yet', async () => {
  const tenant = new FakeTenant({ indexLagMs: 10_000 });
  const writer = writerOf(tenant);
  await writer.upsert({ value, indicator_type: 'Domain', score: 1, CustomFields: {} }, {});
  expect(await writer.remove(target, 'gone')).toEqual({ outcome: 'deleted' });
  expect(tenant.get(value)).toBeUndefined();
});

it('takes "not found" for absent', async () => {
  const tenant = new FakeTenant();
  tenant.before = (operation) => {
    if (operation === 'delete') throw refusal('delete', 404, 'Item not found (8)');
  };
  const removed = await writerOf(tenant).remove({ ...target, id: '9' }, 'gone');
  expect(removed).toEqual({ outcome: 'absent' });
});

it('hands on a lost reply with its doubt, and sees next time that it is done', async () => {
  const tenant = new FakeTenant();
  const { id } = tenant.seed({ value });
  tenant.after = () => {
    tenant.after = () => {};
    throw timeOut('delete');
  };
  const error = await rejection(writerOf(tenant).remove({ ...target, id }, 'gone'));
  expect(error).toMatchObject({ kind: 'timeout', uncertain: true });
  const removed = await writerOf(tenant).remove({ ...target, id }, 'gone');
  expect(removed).toEqual({ outcome: 'absent' });
});

it('deletes fifty at once with one call', async () => {
  const tenant = new FakeTenant();
  const seeded = Array.from({ length: 50 }, (_, index) => tenant.seed({ value: `h${index}` }));
  const writer = writerOf(tenant);
  const removed = await Promise.all(
    seeded.map(({ id, value: one }) => writer.remove({ value: one, type: 'Domain', id }, 'gone')),
  );
  expect(new Set(removed.map(({ outcome }) => outcome))).toEqual(new Set(['deleted']));
  expect(tenant.calls).toEqual(['delete']);
  expect(tenant.objects.size).toBe(0);
});

it('keeps one id that XSOAR refuses from failing the others', async () => {
  const tenant = new FakeTenant();
  const seeded = Array.from({ length: 20 }, (_, index) => tenant.seed({ value: `h${index}` }));
  tenant.poisonous.add(seeded[7]?.id ?? '');
  const writer = writerOf(tenant);
  const removed = await Promise.allSettled(
    seeded.map(({ id, value: one }) => writer.remove({ value: one, type: 'Domain', id }, 'gone')),
  );
  const failed = removed.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []));
  expect(failed).toEqual([7]);
  expect(tenant.objects.size).toBe(1);
});

it('asks in halves once where one id may be the reason of a 500', async () => {
  const tenant = new FakeTenant();
  const seeded = Array.from({ length: 20 }, (_, index) => tenant.seed({ value: `h${index}` }));
  tenant.poisonous.add(seeded[7]?.id ?? '');
  tenant.poisonStatus = 500;
  const writer = writerOf(tenant);
  const removed = await Promise.allSettled(
    seeded.map(({ id, value: one }) => writer.remove({ value: one, type: 'Domain', id }, 'gone')),
  );
  expect(removed.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  expect(tenant.calls).toEqual(['delete', 'delete', 'delete']);
});

it('does not ask in halves when the whole of XSOAR refuses', async () => {
  const tenant = new FakeTenant();
  tenant.before = () => {
    throw refusal('delete', 429, 'slow down');
  };
  const writer = writerOf(tenant);
  const removed = await Promise.allSettled(
    ['1', '2', '3'].map((id) => writer.remove({ ...target, id }, 'gone')),
  );
  expect(removed.every(({ status }) => status === 'rejected')).toBe(true);
  expect(tenant.calls).toEqual(['delete']);
});

const wanted = { value, indicator_type: 'Domain', score: 1, CustomFields: {} };

/** As XSOAR does it: what no search finds, no delete deletes. */
const lagging = () => new FakeTenant({ indexLagMs: 5_000, deletesWhatItShows: true });

it('repeats the delete of what it has just created until the index shows it', async () => {
  const tenant = lagging();
  const writer = writerOf(tenant);
  await writer.upsert(wanted, {});
  expect(await writer.remove(target, 'gone')).toEqual({ outcome: 'deleted' });
  expect(tenant.get(value)).toBeUndefined();
});

it('repeats the delete of what another process has written lately', async () => {
  const tenant = lagging();
  const { id } = await writerOf(tenant).upsert(wanted, {});
  const lastWriteAt = tenant.patience.now();
  const removed = await writerOf(tenant).remove({ ...target, id: id ?? '', lastWriteAt }, 'gone');
  expect(removed).toEqual({ outcome: 'deleted' });
  expect(tenant.get(value)).toBeUndefined();
});

it('believes that what it wrote lately is gone once the index has had its time', async () => {
  const tenant = lagging();
  const writer = writerOf(tenant);
  const { id } = await writer.upsert(wanted, {});
  tenant.drop(id ?? '');
  const since = tenant.patience.now();
  expect(await writer.remove(target, 'gone')).toEqual({ outcome: 'absent' });
  expect(tenant.patience.now() - since).toBe(20_000);
});

it('does not wait for what was written long ago', async () => {
  const tenant = lagging();
  tenant.pass(60_000);
  await writerOf(tenant).remove({ ...target, id: '9', lastWriteAt: 39_000 }, 'gone');
  expect(tenant.patience.now()).toBe(60_000);
  expect(tenant.count('delete')).toBe(1);
});

it('waits no longer than it may, then takes the word of the index', async () => {
  const tenant = lagging();
  const { patience } = tenant;
  const writer = createIndicatorWriter(tenant, { batchWindowMs: 0, patience, maxDeleteLagMs: 700 });
  await writer.remove({ ...target, id: '9', lastWriteAt: 0 }, 'gone');
  expect(patience.now()).toBe(700);
});

it('ends between two tries when the signal aborts', async () => {
  const tenant = lagging();
  const writer = writerOf(tenant);
  await writer.upsert(wanted, {});
  const abort = new AbortController();
  tenant.before = (operation) => {
    if (operation === 'delete') abort.abort();
  };
  const error = await rejection(writer.remove(target, 'gone', abort.signal));
  expect(error).toMatchObject({ kind: 'aborted' });
});
