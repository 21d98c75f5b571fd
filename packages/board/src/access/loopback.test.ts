import { describe, expect, it } from 'vitest';
import { isLocalHost, isLoopback, listenAddress } from './loopback.ts';

describe('loopback addresses', () => {
  it.each(['127.0.0.1', '127.255.0.9', '::1', '::ffff:127.0.0.1'])('%s is one', (address) => {
    expect(isLoopback(address)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'localhost', '', '::ffff:10.0.0.1'])(
    '"%s" is none',
    (address) => {
      expect(isLoopback(address)).toBe(false);
    },
  );
});

describe('the address to listen on', () => {
  it('is any with a login', async () => {
    expect(await listenAddress('0.0.0.0', true)).toBe('0.0.0.0');
    expect(await listenAddress('::', true)).toBe('::');
  });

  it('is loopback only without a login, and the error names what to set', async () => {
    expect(await listenAddress('127.0.0.1', false)).toBe('127.0.0.1');
    for (const address of ['0.0.0.0', '::', '192.0.2.7']) {
      await expect(listenAddress(address, false)).rejects.toThrow(/BOARD_USER and BOARD_PASSWORD/);
    }
  });

  it('is what a name stands for', async () => {
    expect(isLoopback(await listenAddress('localhost', false))).toBe(true);
  });

  it('cannot be a name that nobody knows', async () => {
    await expect(listenAddress('no-such-host.invalid', true)).rejects.toThrow(/BOARD_ADDR/);
  });
});

describe('the Host header', () => {
  it.each(['localhost', 'localhost:3000', 'LOCALHOST:1', '127.0.0.1:3000', '[::1]:3000'])(
    '%s is this machine',
    (host) => {
      expect(isLocalHost(host)).toBe(true);
    },
  );

  it.each([undefined, '', 'evil.example', 'localhost.evil.example:3000', '10.0.0.1', 'a b', ':'])(
    '%s is not',
    (host) => {
      expect(isLocalHost(host)).toBe(false);
    },
  );
});
