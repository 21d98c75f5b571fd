import { describe, expect, it } from 'vitest';
import { algorithmOf, readDigest } from './hash.ts';

const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
const sha1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';

describe('algorithmOf', () => {
  it.each([
    ['SHA-256', 'sha256'],
    ['SHA256', 'sha256'],
    ['sha256', 'sha256'],
    ['sha_256', 'sha256'],
    ['"SHA-256"', 'sha256'],
    ['SHA-1', 'sha1'],
    ['sha1', 'sha1'],
    ['MD5', 'md5'],
    ['md-5', 'md5'],
    ['sha512', 'sha512'],
    ['SSDEEP', 'ssdeep'],
    ['ssdeep', 'ssdeep'],
    ['IMPHASH', 'imphash'],
    ['SHA-384', null],
    ['SHA3-256', null],
    ['TLSH', null],
    ['__proto__', null],
    ['x'.repeat(100_000), null],
  ])('%s is %s', (spelling, algorithm) => {
    expect(algorithmOf(spelling)).toBe(algorithm);
  });
});

describe('readDigest', () => {
  it('writes digests in lower case', () => {
    expect(readDigest('md5', md5.toUpperCase())).toMatchObject({ algorithm: 'md5', digest: md5 });
  });

  it('goes by the length where it is that of another algorithm', () => {
    expect(readDigest('md5', sha1)).toEqual({ algorithm: 'sha1', digest: sha1, relabelled: true });
  });

  it.each([
    ['md5', 'xyz'],
    ['md5', md5.slice(1)],
    ['sha256', `g${'0'.repeat(63)}`],
    ['imphash', sha1],
    ['ssdeep', 'not one'],
  ] as const)('refuses %s %s', (algorithm, text) => {
    expect(readDigest(algorithm, text)).toHaveProperty('bad');
  });

  it('keeps the case of an ssdeep hash', () => {
    const text = '3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C';
    expect(readDigest('ssdeep', text)).toMatchObject({ digest: text });
  });
});
