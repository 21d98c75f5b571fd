import { openctiExtensionId } from '@xsoar-intel/opencti';
import { expect, it } from 'vitest';
import { payloadOf } from './payload.ts';

const attributes = {
  extension_type: 'property-extension',
  id: '296bc30e-4364-4347-8d77-aac531e6080f',
  type: 'Indicator',
  score: 70,
  creator_ids: ['1f0c6b1e-6a0b-4d0e-9a52-0c7f2b0e51aa'],
};
const indicator = {
  id: 'indicator--296bc30e-4364-4347-8d77-aac531e6080f',
  type: 'indicator',
  spec_version: '2.1',
  lang: 'en',
  x_ours: 'kept',
  extensions: {
    [openctiExtensionId]: attributes,
    'extension-definition--322b8f77-262a-4cb8-a915-1e441e00329b': { id: 'T1059' },
  },
};

it('leaves out what nothing asks for, and keeps what it does not know', () => {
  expect(JSON.parse(payloadOf(indicator))).toEqual({
    id: indicator.id,
    type: 'indicator',
    x_ours: 'kept',
    extensions: { [openctiExtensionId]: { id: attributes.id, type: 'Indicator', score: 70 } },
  });
  expect(indicator.extensions[openctiExtensionId]).toBe(attributes);
});

it.each([null, 'text', [], { [openctiExtensionId]: null }])(
  'takes extensions of a wrong shape as they are: %j',
  (extensions) => {
    const object = { id: 'indicator--1', type: 'indicator', extensions };
    expect(JSON.parse(payloadOf(object))).toEqual(object);
  },
);
