import { expect, test } from 'vitest';
import { platformUrl, printableUrl } from './url.ts';

test.each([
  ['https://o.test', 'https://o.test/stream/abc'],
  ['https://o.test/', 'https://o.test/stream/abc'],
  ['https://o.test//', 'https://o.test/stream/abc'],
  ['https://o.test/cti', 'https://o.test/cti/stream/abc'],
  ['https://o.test:8443/cti/', 'https://o.test:8443/cti/stream/abc'],
  ['https://user:pw@o.test/cti/?a=1#b', 'https://o.test/cti/stream/abc'],
])('%s is joined with one slash and keeps its base path', (base, expected) => {
  expect(platformUrl(base, 'stream', 'abc').href).toBe(expected);
});

test('an id cannot leave its place in the path', () => {
  expect(platformUrl('https://o.test/cti', 'stream', '../graphql?x=1').href).toBe(
    'https://o.test/cti/stream/..%2Fgraphql%3Fx%3D1',
  );
});

test('what is not a URL is refused', () => {
  expect(() => platformUrl('opencti', 'graphql')).toThrow(TypeError);
});

test('a printed address carries no credentials and no query', () => {
  expect(printableUrl(new URL('https://u:p@o.test/a?token=x#y'))).toBe('https://o.test/a');
});
