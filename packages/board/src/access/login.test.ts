import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogin } from './login.ts';

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('the login', () => {
  const login = createLogin('soc', 'pass: wörd');

  it('knows the user by the right credentials', () => {
    expect(login.userOf(basic('soc', 'pass: wörd'))).toBe('soc');
  });

  it('takes the name of the scheme in any case', () => {
    expect(login.userOf(basic('soc', 'pass: wörd').replace('Basic', 'BASIC'))).toBe('soc');
  });

  it.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['a wrong password', basic('soc', 'pass: word')],
    ['a wrong user', basic('SOC', 'pass: wörd')],
    ['the beginning of the password', basic('soc', 'pass:')],
    ['another scheme', basic('soc', 'pass: wörd').replace('Basic', 'Bearer')],
    ['the scheme alone', 'Basic'],
    ['what is no base64', 'Basic %%%'],
  ])('knows nobody by %s', (_name, header) => {
    expect(login.userOf(header)).toBeNull();
  });

  it('knows nobody by any other text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary' }), (user, password) => {
        fc.pre(`${user}:${password}` !== 'soc:pass: wörd');
        expect(login.userOf(basic(user, password))).toBeNull();
        expect(login.userOf(password)).toBeNull();
      }),
    );
  });
});
