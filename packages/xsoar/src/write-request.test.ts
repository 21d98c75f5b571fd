import { expect, test } from 'vitest';
import { createFields, createRequest, deleteRequest, editRequest } from './write-request.ts';

test('a create wraps the indicator and moves no date of its own', () => {
  const indicator = { value: 'evil.example', indicator_type: 'Domain' };
  expect(createRequest(indicator)).toEqual({
    operation: 'create',
    path: '/indicator/create',
    body: { indicator, manually: false, seenNow: false },
  });
});

test('an edit is the object itself', () => {
  const object = { id: '1', version: 2, value: 'evil.example', indicator_type: 'Domain' };
  expect(editRequest(object)).toMatchObject({ path: '/indicator/edit', body: object });
});

test('a delete names its ids twice, never all, and keeps off the exclusion list', () => {
  expect(deleteRequest(['1', 'a"b'], 'gone')).toEqual({
    operation: 'delete',
    path: '/indicators/batchDelete',
    body: {
      ids: ['1', 'a"b'],
      filter: { query: 'id:"1" or id:"a\\"b"', size: 5 },
      all: false,
      doNotWhitelist: true,
      reason: 'gone',
    },
  });
});

test('a delete of an id with its value finds nothing once the id is another value’s', () => {
  const { body } = deleteRequest([{ id: '1', value: 'a"b' }, '2'], 'gone');
  expect(body).toMatchObject({
    ids: ['1', '2'],
    filter: { query: '(id:"1" and value:"a\\"b") or id:"2"' },
  });
});

test('a create has no empty comment', () => {
  const desired = { value: 'x', indicator_type: 'Domain', score: 1, CustomFields: {} };
  expect(createFields({ ...desired, comment: '' })).toEqual(desired);
  expect(createFields({ ...desired, comment: 'c' })).toEqual({ ...desired, comment: 'c' });
});
