import { expect, test } from 'vitest';
import { entityIdOf, isIndicator, openctiExtension, openctiExtensionId } from './stix.ts';

const mitre = 'extension-definition--322b8f77-262a-4cb8-a915-1e441e00329b';

test('the OpenCTI extension is read and the others are left alone', () => {
  const object = {
    id: 'indicator--1',
    type: 'indicator',
    extensions: {
      [mitre]: { id: 'wrong', detection: 'a text' },
      [openctiExtensionId]: { id: 'right', score: 0, detection: false },
    },
  };
  expect(openctiExtension(object)).toEqual({ id: 'right', score: 0, detection: false });
  expect(entityIdOf(object)).toBe('right');
});

test.each([
  ['no extensions', undefined],
  ['extensions that are a list', []],
  ['an extension that is text', { [openctiExtensionId]: 'x' }],
  ['only another extension', { [mitre]: { id: 'x' } }],
])('%s give no extension and no entity id', (_name, extensions) => {
  const object = { id: 'indicator--1', type: 'indicator', extensions };
  expect(openctiExtension(object)).toBeNull();
  expect(entityIdOf(object)).toBeNull();
});

test.each([[''], [7], [null]])('an extension id that is %j is none', (id) => {
  const extensions = { [openctiExtensionId]: { id } };
  expect(entityIdOf({ id: 'indicator--1', type: 'indicator', extensions })).toBeNull();
});

test('only the STIX type decides what is an indicator', () => {
  expect(isIndicator({ id: 'x', type: 'indicator' })).toBe(true);
  expect(isIndicator({ id: 'indicator--1', type: 'identity' })).toBe(false);
});
