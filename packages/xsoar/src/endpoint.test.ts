import { expect, it } from 'vitest';
import { resolveEndpoint } from './endpoint.ts';

const address = (options: Parameters<typeof resolveEndpoint>[0]) => {
  const { origin, basePath } = resolveEndpoint(options);
  return `${origin}${basePath}`;
};

it.each([
  ['https://api-acme.example', '/xsoar/public/v1'],
  ['https://api-acme.example/', '/xsoar/public/v1'],
  ['https://api-acme.example///', '/xsoar/public/v1'],
  [' https://api-acme.example/xsoar ', '/xsoar/public/v1'],
  ['https://api-acme.example/xsoar/public/v1', '/xsoar/public/v1'],
  ['https://api-acme.example/xsoar/public/v1/', '/xsoar/public/v1'],
  ['https://api-acme.example/proxied/xsoar', '/proxied/xsoar/public/v1'],
])('adds the public prefix of XSOAR 8 once to %j', (url, path) => {
  expect(address({ url, keyId: '17' })).toBe(`https://api-acme.example${path}`);
});

it('takes XSOAR 6 where there is no key id, and its paths have no prefix', () => {
  expect(resolveEndpoint({ url: 'https://xsoar.corp:8443/' })).toEqual({
    origin: 'https://xsoar.corp:8443',
    basePath: '',
    api: '6',
  });
});

it('lets the API be named', () => {
  const url = 'https://xsoar.corp';
  expect(address({ url, keyId: '17', api: '8-internal' })).toBe('https://xsoar.corp/xsoar');
  expect(address({ url, api: '8' })).toBe('https://xsoar.corp/xsoar/public/v1');
  expect(address({ url, keyId: '17', api: '6' })).toBe('https://xsoar.corp');
});

it.each([
  [{ url: 'https://main.corp', tenant: 'Blue' }, 'https://main.corp/acc_Blue'],
  [{ url: 'https://main.corp', tenant: 'acc_Blue' }, 'https://main.corp/acc_Blue'],
  [{ url: 'https://main.corp/acc_Blue' }, 'https://main.corp/acc_Blue'],
  [{ url: 'https://main.corp/acc_Red', tenant: 'Blue' }, 'https://main.corp/acc_Blue'],
  [{ url: 'https://main.corp', tenant: 'a/b' }, 'https://main.corp/acc_a%2Fb'],
  [
    { url: 'https://main.corp', keyId: '1', api: '8-internal' as const, tenant: 'Blue' },
    'https://main.corp/xsoar/acc_Blue',
  ],
])('puts the account of %j behind the prefix', (options, expected) => {
  expect(address(options)).toBe(expected);
});

it.each(['', 'xsoar.corp', 'ftp://xsoar.corp', 'https://user:hunter2@xsoar.corp'])(
  'refuses %j without repeating it',
  (url) => {
    expect(() => resolveEndpoint({ url })).toThrow(TypeError);
    expect(() => resolveEndpoint({ url })).not.toThrow('hunter2');
  },
);
