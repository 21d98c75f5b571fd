import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIpv4, parseIpv6, parseNetwork } from './ip-address.ts';

describe('parseIpv4', () => {
  it.each([
    ['1.2.3.4', 0x01020304],
    ['255.255.255.255', 0xffffffff],
    ['0.0.0.0', 0],
  ])('reads %s', (text, address) => {
    expect(parseIpv4(text)).toBe(address);
  });

  it.each([
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1..3.4',
    '1.2.3.',
    ' 1.2.3.4',
    '1.2.3.4a',
  ])('refuses %s', (text) => {
    expect(parseIpv4(text)).toBe(-1);
  });

  it('takes what Node takes', () => {
    const part = fc.constantFrom('0', '1', '12', '255', '256', '01', '', 'a', '1234');
    fc.assert(
      fc.property(fc.array(part, { minLength: 3, maxLength: 5 }), (parts) => {
        const text = parts.join('.');
        expect(parseIpv4(text) >= 0).toBe(isIPv4(text));
      }),
    );
  });
});

describe('parseIpv6', () => {
  it.each([
    ['2001:db8::1', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]],
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['1::', [1, 0, 0, 0, 0, 0, 0, 0]],
    ['::ffff:1.2.3.4', [0, 0, 0, 0, 0, 0xffff, 0x102, 0x304]],
    ['1:2:3:4:5:6:7:8', [1, 2, 3, 4, 5, 6, 7, 8]],
  ])('reads %s', (text, groups) => {
    expect(parseIpv6(text)).toEqual(groups);
  });

  it('takes what Node takes, but for zones', () => {
    const piece = fc.constantFrom('0', '1', 'ffff', 'FFFF', 'g', '12345', '', '1.2.3.4', '::');
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 9 }), (pieces) => {
        const text = pieces.join(':').replaceAll(':::', '::');
        expect(parseIpv6(text) !== null).toBe(isIPv6(text));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('parseNetwork', () => {
  it('reads addresses and networks of both families', () => {
    expect(parseNetwork('1.2.3.4')).toEqual({
      family: 4,
      address: '1.2.3.4',
      bits: 32,
      slash: false,
    });
    expect(parseNetwork('10.0.0.0/8')).toMatchObject({ family: 4, bits: 8, slash: true });
    expect(parseNetwork('2001:db8::/32')).toMatchObject({ family: 6, bits: 32 });
  });

  it.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', '::/129', 'example.com/8'])(
    'refuses %s',
    (text) => {
      expect(parseNetwork(text)).toBeNull();
    },
  );
});
