import { describe, expect, test } from 'vitest';
import { unwrap } from './unwrap.ts';

const indicator = { type: 'indicator', id: 'indicator--1', pattern: 'p' };
const author = { type: 'identity', id: 'identity--1', name: 'A' };

/** `place id operation` of each subject. */
function found(value: unknown): string[] {
  return [...unwrap(value, null)].map(({ place, content }) =>
    content.kind === 'object'
      ? [place, content.object.id, content.operation].filter((part) => part !== null).join(' ')
      : `${place ?? ''} ${content.kind}`.trim(),
  );
}

describe('the object is found', () => {
  test.each([
    ['alone', indicator, ['indicator--1']],
    ['as the only one of a bundle', { type: 'bundle', objects: [indicator] }, ['indicator--1']],
    ['in a list', [indicator, indicator], ['object 1 indicator--1', 'object 2 indicator--1']],
    ['in an event', { version: '4', type: 'update', data: indicator }, ['indicator--1 update']],
    [
      'in a recorded event, whose outer name counts as on the stream',
      { id: '1-0', event: 'delete', data: { type: 'update', data: indicator } },
      ['indicator--1 delete'],
    ],
    [
      'in a recorded event with its data as text',
      { event: 'create', data: JSON.stringify({ type: 'create', data: indicator }) },
      ['indicator--1 create'],
    ],
    [
      'in an event under a key',
      { event: { type: 'merge', data: indicator } },
      ['indicator--1 merge'],
    ],
  ])('%s', (_name, value, subjects) => {
    expect(found(value)).toEqual(subjects);
  });

  test('with authors before it, wherever they stand', () => {
    expect(found({ type: 'bundle', objects: [indicator, author] })).toEqual([
      'object 2 identity--1',
      'object 1 indicator--1',
    ]);
  });

  test('without an id, if it is an indicator', () => {
    expect(found({ type: 'indicator', pattern: 'p' })).toEqual(['']);
  });
});

test.each([
  null,
  7,
  'text',
  {},
  { id: 'x' },
  { type: 'create' },
  { type: 'malware' },
  { data: '{' },
  { event: { event: { event: { event: { event: { event: { event: indicator } } } } } } },
])('%j is no subject, and says so', (value) => {
  expect(found(value)).toEqual(['unreadable']);
});

test('an empty bundle has nothing', () => {
  expect(found({ type: 'bundle', objects: [] })).toEqual([]);
});
