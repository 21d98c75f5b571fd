import { expect, it } from 'vitest';
import { authHeaders, checkApiKey } from './api-key.ts';

const never = () => {
  throw new Error('a standard key needs no nonce');
};

it('sends a standard key as it is, with its id', () => {
  expect(authHeaders({ key: 'abc', keyId: '17' }, 'standard', never)).toEqual({
    authorization: 'abc',
    'x-xdr-auth-id': '17',
  });
});

it('sends no id where there is none', () => {
  expect(authHeaders({ key: 'abc' }, 'standard', never)).toEqual({ authorization: 'abc' });
});

it('sends of an advanced key only the SHA-256 of key, nonce and time', () => {
  const nonce = 'a'.repeat(64);
  const timestamp = 1767225600000;
  expect(
    authHeaders({ key: 'EXAMPLE-ADVANCED-KEY', keyId: '21' }, 'advanced', () => ({
      nonce,
      timestamp,
    })),
  ).toEqual({
    authorization: '81f7b765c8ec89263bcfd1f2baf7c62a9d2ac821759c3a54488c1322592dc6cc',
    'x-xdr-auth-id': '21',
    'x-xdr-nonce': nonce,
    'x-xdr-timestamp': '1767225600000',
  });
});

it.each([
  [{ key: '' }, 'empty'],
  [{ key: 'abc\n' }, 'line break'],
  [{ key: 'schlüssel' }, 'ASCII'],
  [{ key: 'abc', keyId: '1\r\n7' }, 'key id'],
])('refuses %j without showing the key', (apiKey, words) => {
  expect(() => checkApiKey(apiKey, 'auto')).toThrow(words);
  if (apiKey.key !== '') expect(() => checkApiKey(apiKey, 'auto')).not.toThrow(apiKey.key);
});

it('refuses an advanced key without an id', () => {
  expect(() => checkApiKey({ key: 'abc' }, 'advanced')).toThrow('key id');
  expect(() => checkApiKey({ key: 'abc' }, 'standard')).not.toThrow();
});
