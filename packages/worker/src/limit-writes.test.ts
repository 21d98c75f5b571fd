import type { WriterClient } from '@xsoar-intel/xsoar';
import { expect, it } from 'vitest';
import { limitWrites } from './limit-writes.ts';

/** A client that answers when it is told to. */
function slowClient() {
  const underWay: { operation: string; answer: () => void }[] = [];
  const call = (operation: string) => () =>
    new Promise<never>((resolve) => {
      underWay.push({ operation, answer: () => resolve({} as never) });
    });
  const client: WriterClient = {
    create: call('create'),
    edit: call('edit'),
    batchDelete: call('delete'),
    search: call('search'),
  };
  return { client, underWay };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const object = { value: 'a.example', indicator_type: 'Domain' };

it('sends no more writes at a time than it may, whatever they are, and then the next', async () => {
  const { client, underWay } = slowClient();
  const limited = limitWrites(client, 2);
  const all = [
    limited.create(object),
    limited.batchDelete(['1'], 'gone'),
    limited.edit({ ...object, id: '2', version: 1 }),
  ];
  await settled();
  expect(underWay.map(({ operation }) => operation)).toEqual(['create', 'delete']);
  underWay[0]?.answer();
  await settled();
  expect(underWay.map(({ operation }) => operation)).toEqual(['create', 'delete', 'edit']);
  for (const { answer } of underWay) answer();
  await Promise.all(all);
});

it('lets a look-up go at once', async () => {
  const { client, underWay } = slowClient();
  const limited = limitWrites(client, 1);
  void limited.create(object);
  void limited.create(object);
  void limited.search({ query: 'value:"a.example"' });
  await settled();
  expect(underWay.map(({ operation }) => operation)).toEqual(['search', 'create']);
});
