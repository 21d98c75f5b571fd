import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { call, create, edit, remove, search, xsoarBench } from '../testing/xsoar.ts';

const start = xsoarBench();

test('create wraps, answers the whole stored object, and chooses the id itself', async () => {
  const fake = await start();
  const { status, json } = await create(fake, 'evil.example', {
    id: 'mine',
    version: 9,
    CustomFields: { tags: ['c2'] },
  });
  expect(status).toBe(200);
  expect(json).toMatchObject({
    id: '1',
    version: 1,
    value: 'evil.example',
    indicator_type: 'Domain',
    score: 3,
    CustomFields: { tags: ['c2'] },
  });
  expect((await create(fake, 'other.example')).json?.id).toBe('2');
});

test('ids can be the MD5 of the value', async () => {
  const fake = await start({ behaviour: { ids: 'md5' } });
  const { json } = await create(fake, 'ceb9079aa2414b2aa816779ce5a34ac2');
  expect(json?.id).toBe('32aaad327e4171cb4fe832d8c1cf2ff1');
  expect(json?.id).toBe(createHash('md5').update('ceb9079aa2414b2aa816779ce5a34ac2').digest('hex'));
});

test('a create without wrapper, value or JSON is a bad request', async () => {
  const fake = await start();
  const path = '/indicator/create';
  for (const body of [
    { value: 'x' },
    { indicator: {} },
    { indicator: { value: ['a', 'b'] } },
    '{"indicator":',
  ])
    expect((await call(fake, path, body)).json).toMatchObject({ id: 'bad_request', status: 400 });
});

test('a value that exists is merged, refused with 409, or refused with 400, by switch', async () => {
  const fake = await start();
  await create(fake, 'a.example', { CustomFields: { tags: ['x'], description: 'old' } });
  const merged = await create(fake, 'a.example', { score: 1, CustomFields: { tags: ['y'] } });
  expect(merged.json).toMatchObject({
    id: '1',
    version: 2,
    score: 1,
    CustomFields: { tags: ['y'], description: 'old' },
  });
  fake.behaviour({ duplicates: 'conflict' });
  expect((await create(fake, 'a.example')).status).toBe(409);
  fake.behaviour({ duplicates: 'bad-request' });
  expect((await create(fake, 'a.example')).status).toBe(400);
  expect([...fake.objects()]).toHaveLength(1);
});

test('a create of a value that exists changes nothing, or takes its place, by switch', async () => {
  const fake = await start({ behaviour: { duplicates: 'keep' } });
  await create(fake, 'a.example', { CustomFields: { description: 'old' } });
  const again = { score: 1, CustomFields: { tags: ['y'] } };
  const old = { version: 1, score: 3, CustomFields: { description: 'old' } };
  expect((await create(fake, 'a.example', again)).json).toMatchObject(old);
  fake.behaviour({ duplicates: 'replace' });
  const replaced = await create(fake, 'a.example', again);
  expect(replaced.json).toMatchObject({ id: '1', version: 2, score: 1 });
  expect(replaced.json?.CustomFields).toEqual({ tags: ['y'] });
});

test('values are stored in lower case, by switch', async () => {
  const fake = await start({ behaviour: { values: 'lower-case' } });
  expect((await create(fake, 'A.Example')).json).toMatchObject({ value: 'a.example' });
  expect((await create(fake, 'a.EXAMPLE')).json).toMatchObject({ id: '1', version: 2 });
});

test('custom fields that the tenant does not have are dropped or refused, by switch', async () => {
  const fake = await start({ behaviour: { unknownFields: 'drop' } });
  const CustomFields = { description: 'd', nosuchfield: 'x' };
  const created = await create(fake, 'a.example', { CustomFields });
  expect(created.json?.CustomFields).toEqual({ description: 'd' });
  fake.behaviour({ unknownFields: 'bad-request' });
  expect((await edit(fake, { id: '1', version: 1, CustomFields })).status).toBe(400);
  expect((await create(fake, 'b.example', { CustomFields })).status).toBe(400);
});

test('edits are not offered on the public prefix, by switch', async () => {
  const fake = await start({ behaviour: { publicEdits: false } });
  await create(fake, 'a.example');
  expect((await edit(fake, { id: '1', version: 1, score: 2 })).status).toBe(303);
  const inside = { prefix: '/xsoar' };
  const edited = await call(fake, '/indicator/edit', { id: '1', version: 1, score: 2 }, inside);
  expect(edited.json).toMatchObject({ version: 2 });
});

test('an analyst comes between a read and the first edit, by switch', async () => {
  const fake = await start({ behaviour: { analyst: true } });
  await create(fake, 'a.example');
  expect((await edit(fake, { id: '1', version: 1, score: 2 })).status).toBe(400);
  expect((await edit(fake, { id: '1', version: 2, score: 2 })).json).toMatchObject({
    version: 3,
    CustomFields: { tags: ['analyst'] },
  });
});

test('an edit raises the version, an older version is refused with 400, -1 forces', async () => {
  const fake = await start();
  await create(fake, 'a.example');
  expect((await edit(fake, { id: '1', version: 1, score: 2 })).json).toMatchObject({
    version: 2,
    score: 2,
  });
  const stale = await edit(fake, { id: '1', version: 1, score: 0 });
  expect(stale.status).toBe(400);
  expect(stale.json).toMatchObject({ id: 'errOptimisticLock' });
  expect(stale.json?.error).toContain("DB Version '2' and Insert version '1'");
  expect(fake.get('a.example')?.score).toBe(2);
  expect((await edit(fake, { id: '1', version: -1, score: 1 })).json?.version).toBe(3);
  expect((await edit(fake, { id: '1', score: 3 })).json?.version).toBe(4);
  fake.behaviour({ missingVersion: 'reject' });
  expect((await edit(fake, { id: '1', score: 3 })).json?.id).toBe('errOptimisticLock');
});

test('what an edit leaves out is kept or wiped, by switch; the value and server fields never change', async () => {
  const fake = await start();
  const first = (
    await create(fake, 'a.example', {
      comment: 'hello',
      CustomFields: { tags: ['x'], confidence: '80' },
    })
  ).json;
  const body = {
    id: '1',
    version: 1,
    value: 'b.example',
    created: 'never',
    CustomFields: { tags: ['y'] },
  };
  const kept = (await edit(fake, body)).json;
  expect(kept).toMatchObject({
    value: 'a.example',
    comment: 'hello',
    score: 3,
    created: first?.created,
    CustomFields: { tags: ['y'], confidence: '80' },
  });
  fake.behaviour({ partialEdit: 'wipe' });
  const wiped = (await edit(fake, { ...body, version: 2 })).json;
  expect(wiped).toMatchObject({
    value: 'a.example',
    comment: '',
    score: 0,
    version: 3,
    created: first?.created,
  });
  expect(wiped?.CustomFields).toEqual({ tags: ['y'] });
});

test('an edit of an unknown id is 400 "Item not found", or 404 by switch', async () => {
  const fake = await start();
  const missing = await edit(fake, { id: '99', version: 1 });
  expect(missing.status).toBe(400);
  expect(missing.json?.error).toBe('Item not found (8)');
  fake.behaviour({ missingItem: 'not-found' });
  expect((await edit(fake, { id: '99', version: 1 })).status).toBe(404);
});

test('an excluded value is answered 200 with null and not created', async () => {
  const fake = await start();
  fake.exclude('Good.example');
  const answer = await create(fake, 'good.example');
  expect([answer.status, answer.text]).toEqual([200, 'null']);
  expect(fake.stats()).toMatchObject({ objects: 0, exclusions: 1 });
  fake.include('good.example');
  expect((await create(fake, 'good.example')).json?.id).toBe('1');
});

test('an unknown type is taken, or refused by switch', async () => {
  const fake = await start();
  expect((await create(fake, 'a', { indicator_type: 'Unheard' })).status).toBe(200);
  fake.behaviour({ unknownType: 'bad-request' });
  expect((await create(fake, 'b', { indicator_type: 'Unheard' })).status).toBe(400);
  expect((await create(fake, 'c', { indicator_type: 'Domain' })).status).toBe(200);
});

test('a search without size has no objects, and none found is null', async () => {
  const fake = await start();
  await create(fake, 'a.example');
  expect((await search(fake, 'value:"A.example"', {})).json).toMatchObject({
    total: 1,
    iocObjects: null,
  });
  expect((await search(fake, 'value:"a.example"')).json).toMatchObject({
    total: 1,
    iocObjects: [{ id: '1' }],
  });
  expect((await search(fake, 'value:"b.example"')).json).toMatchObject({
    total: 0,
    iocObjects: null,
  });
  expect((await search(fake, 'value:(')).status).toBe(400);
  const many = Array.from({ length: 1025 }, (_, n) => `value:"${n}"`).join(' or ');
  expect((await search(fake, many)).json?.error).toContain('too_many_clauses');
});

test('hits come in pages, by number or after the last one', async () => {
  const fake = await start();
  for (let n = 1; n <= 5; n += 1) await create(fake, `${n}.example`);
  await edit(fake, { id: '2', version: 1, score: 0 });
  const ids = async (more: Record<string, unknown>) =>
    (
      (await search(fake, 'type:Domain', more)).json?.iocObjects as
        | { id: string; sortValues: string[] }[]
        | null
    )?.map(({ id }) => id);
  expect(await ids({ size: 2 })).toEqual(['1', '2']);
  expect(await ids({ size: 2, page: 2 })).toEqual(['5']);
  expect(await ids({ size: 2, searchAfter: ['2'] })).toEqual(['3', '4']);
});

test('searches see a write only after the lag of the index', async () => {
  let now = 1_000_000;
  const fake = await start({ now: () => now, behaviour: { indexLagMs: 2000 } });
  const total = async () => (await search(fake, 'value:"a.example"')).json?.total;
  await create(fake, 'a.example');
  expect(await total()).toBe(0);
  now += 2000;
  expect(await total()).toBe(1);
  await edit(fake, { id: '1', version: 1, score: 0 });
  const score = async () =>
    ((await search(fake, 'id:"1"')).json?.iocObjects as { score: number }[] | undefined)?.[0]
      ?.score;
  expect(await score()).toBe(3);
  now += 2000;
  expect(await score()).toBe(0);
  await remove(fake, { ids: ['1'], doNotWhitelist: true, filter: { query: 'id:"1"' } });
  expect(await total()).toBe(1);
  now += 2000;
  expect(await total()).toBe(0);
});

test('batchDelete does what was measured on real tenants', async () => {
  const fake = await start();
  for (const value of ['a', 'b', 'c', 'd']) await create(fake, value);
  const keep = { doNotWhitelist: true };
  expect((await remove(fake, { ids: ['1'], ...keep })).status).toBe(500);
  expect((await remove(fake, { ...keep, filter: { query: 'value:"a"' } })).json).toEqual({
    notUpdated: 0,
    updatedIds: null,
    uppdated: 0,
  });
  expect((await remove(fake, { ids: ['1'], ...keep, filter: {} })).json).toEqual({
    notUpdated: 1,
    updatedIds: null,
    uppdated: 0,
  });
  expect(fake.stats().objects).toBe(4);
  const query = 'id:"1" or id:"2" or id:"99"';
  expect(
    (await remove(fake, { ids: ['1', '2', '99'], ...keep, filter: { query, size: 5 } })).json,
  ).toEqual({ notUpdated: 1, updatedIds: ['1', '2'], uppdated: 2 });
  expect(
    (await remove(fake, { ids: ['1'], ...keep, filter: { query: 'id:"1"' } })).json,
  ).toMatchObject({ updatedIds: null });
  fake.behaviour({ emptyFilterDelete: 'works' });
  expect((await remove(fake, { ids: ['3'], ...keep, filter: {} })).json).toMatchObject({
    updatedIds: ['3'],
  });
  fake.behaviour({ emptyFilterDelete: 'error' });
  expect((await remove(fake, { ids: ['4'], ...keep, filter: {} })).status).toBe(500);
  expect(fake.stats().exclusions).toBe(0);
});

test('a filter of a size deletes no more than that, and `all` deletes everything that matches', async () => {
  const fake = await start();
  for (const value of ['a', 'b', 'c']) await create(fake, value);
  const sized = { query: 'id:"1" or id:"2"', size: 1 };
  expect(
    (await remove(fake, { ids: ['1', '2'], doNotWhitelist: true, filter: sized })).json?.uppdated,
  ).toBe(1);
  await remove(fake, { all: true, doNotWhitelist: true, filter: { query: 'type:Domain' } });
  expect(fake.stats().objects).toBe(0);
});

test('a delete that does not decline it puts the value on the exclusion list', async () => {
  const fake = await start();
  await create(fake, 'a.example');
  await remove(fake, { ids: ['1'], reason: 'gone', filter: { query: 'id:"1"' } });
  expect((await create(fake, 'a.example')).text).toBe('null');
  const list = await call(fake, '/indicators/whitelisted', undefined, { prefix: '/xsoar' });
  expect(list.json).toMatchObject([{ value: 'a.example', reason: 'gone' }]);
  await create(fake, 'b.example');
  await remove(fake, { ids: ['2'], DoNotWhitelist: true, filter: { query: 'id:"2"' } });
  expect((await create(fake, 'b.example')).json?.value).toBe('b.example');
});

test('the whitelist call deletes by value, and the list can be edited', async () => {
  const fake = await start();
  await create(fake, 'a.example');
  const internal = { prefix: '/xsoar' };
  const done = await call(
    fake,
    '/indicator/whitelist',
    { value: 'a.example', doNotWhitelist: true },
    internal,
  );
  expect(done.json).toMatchObject({ updatedIds: ['1'] });
  await call(
    fake,
    '/indicators/whitelist/update',
    { value: 'b.example', reason: 'ours' },
    internal,
  );
  expect((await create(fake, 'b.example')).text).toBe('null');
  await call(fake, '/indicators/whitelist/remove', { value: 'b.example' }, internal);
  expect((await create(fake, 'b.example')).json?.value).toBe('b.example');
});

test('a feed is taken with 201 and no body', async () => {
  const fake = await start();
  await create(fake, 'a.example');
  const indicators = [
    { value: 'a.example', type: 'Domain', score: 1, sourceBrand: 'OpenCTI' },
    { value: 'b.example', type: 'Domain', score: 2 },
  ];
  const answer = await call(fake, '/indicators/feed/json', { indicators }, { prefix: '/xsoar' });
  expect([answer.status, answer.text]).toEqual([201, '']);
  expect(fake.get('a.example')).toMatchObject({ score: 1, sourceBrands: ['OpenCTI'] });
  expect(fake.get('b.example')).toMatchObject({ score: 2, indicator_type: 'Domain' });
});

test('an XSOAR as the Python connector assumed keeps ids and answers 409 and 404', async () => {
  const fake = await start({ behaviour: { compat: true } });
  expect((await create(fake, 'a.example', { id: 'uuid-1' })).json?.id).toBe('uuid-1');
  expect((await create(fake, 'a.example', { id: 'uuid-1' })).status).toBe(409);
  expect((await create(fake, 'a.example', { id: 'uuid-2' })).status).toBe(200);
  expect((await edit(fake, { id: 'uuid-9', value: 'x' })).status).toBe(404);
  const edited = await edit(fake, {
    id: 'uuid-1',
    value: 'b.example',
    indicator_type: 'Domain',
    score: 1,
    CustomFields: {},
  });
  expect(edited.json).toMatchObject({ id: 'uuid-1', value: 'b.example', score: 1 });
  expect((await search(fake, 'value:"b.example"')).json?.total).toBe(1);
  expect(
    (await remove(fake, { ids: ['uuid-1'], filter: {}, doNotWhitelist: true })).json?.updatedIds,
  ).toEqual(['uuid-1']);
  expect((await remove(fake, { ids: ['uuid-2'], doNotWhitelist: true })).json?.uppdated).toBe(1);
});

test('types and fields of the tenant can be read', async () => {
  const fake = await start({ types: ['IP'], fields: ['tags'] });
  const types = await call(fake, '/reputation', undefined, { prefix: '/xsoar' });
  expect(types.json).toEqual([{ id: 'IP', details: 'IP', disabled: false }]);
  const fields = await call(fake, '/incidentfields');
  expect(fields.json).toMatchObject([{ id: 'indicator_tags', cliName: 'tags' }]);
  expect((await call(fake, '/about', undefined, { prefix: '/xsoar' })).json).toHaveProperty(
    'demistoVersion',
  );
});

test('an object with a key named __proto__ is stored as it is and changes nothing else', async () => {
  const fake = await start();
  const body =
    '{"indicator":{"value":"p","indicator_type":"IP","__proto__":{"polluted":1},"CustomFields":{"__proto__":{"polluted":1}}}}';
  const { json } = await call(fake, '/indicator/create', body);
  expect(json?.value).toBe('p');
  await call(fake, '/indicator/edit', '{"id":"1","version":1,"__proto__":{"polluted":2}}');
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
