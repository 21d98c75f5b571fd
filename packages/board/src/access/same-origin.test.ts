import { describe, expect, it } from 'vitest';
import { isSameOrigin, type RequestOrigin } from './same-origin.ts';

const put = (headers: Partial<RequestOrigin>): RequestOrigin => ({
  method: 'PUT',
  site: undefined,
  origin: undefined,
  host: 'board.example:3000',
  ...headers,
});

describe('the origin of a request', () => {
  it('does not matter to a look', () => {
    expect(isSameOrigin(put({ method: 'GET', site: 'cross-site' }))).toBe(true);
    expect(isSameOrigin(put({ method: 'HEAD' }))).toBe(true);
  });

  it('is ours when the browser says so', () => {
    expect(isSameOrigin(put({ site: 'same-origin' }))).toBe(true);
    expect(isSameOrigin(put({ site: 'same-origin', origin: 'https://proxy.example' }))).toBe(true);
  });

  it.each(['cross-site', 'same-site', 'none', ''])('is not ours when it is "%s"', (site) => {
    expect(isSameOrigin(put({ site, origin: 'http://board.example:3000' }))).toBe(false);
  });

  it('is ours when the origin is the host, with older browsers', () => {
    expect(isSameOrigin(put({ origin: 'http://board.example:3000' }))).toBe(true);
    expect(isSameOrigin(put({ origin: 'https://board.example:3000' }))).toBe(true);
    expect(
      isSameOrigin(put({ origin: 'http://board.example:3000', host: 'BOARD.example:3000' })),
    ).toBe(true);
  });

  it.each([
    'http://board.example',
    'http://board.example:3001',
    'http://evil.example:3000',
    'http://board.example:3000.evil.example',
    'null',
    '',
  ])('is not ours when it is %s', (origin) => {
    expect(isSameOrigin(put({ origin }))).toBe(false);
  });

  it('is not ours when nobody says what it is', () => {
    expect(isSameOrigin(put({}))).toBe(false);
    expect(isSameOrigin(put({ origin: 'http://x', host: undefined }))).toBe(false);
  });
});
