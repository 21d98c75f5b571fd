import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refang, refangScheme } from './refang.ts';

describe('refang', () => {
  it.each([
    ['evil[.]com', 'evil.com'],
    ['a[.]b(.)c{.}d[dot]e(DOT)f', 'a.b.c.d.e.f'],
    ['bob[@]evil.com', 'bob@evil.com'],
    ['bob(at)evil.com', 'bob@evil.com'],
    ['[2001:db8::1]', '[2001:db8::1]'],
    ['a[1](x)', 'a[1](x)'],
    ['evil[[.]]com', 'evil.com'],
    ['[.', '[.'],
    ['[]', '[]'],
    ['[.)', '[.)'],
    ['plain', 'plain'],
  ])('%s becomes %s', (text, wanted) => {
    expect(refang(text)).toBe(wanted);
  });

  it('changes nothing but brackets, and is linear', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('[', ']', '(', '.', 'd', 'o', 't', '@') }),
        (text) => {
          expect(refang(text).length).toBeLessThanOrEqual(text.length);
        },
      ),
    );
    const start = performance.now();
    refang('['.repeat(1_000_000));
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it.each([
    ['hxxp', 'http'],
    ['hXXpS', 'https'],
    ['FTP', 'ftp'],
    ['constructor', 'constructor'],
  ])('scheme %s becomes %s', (scheme, wanted) => {
    expect(refangScheme(scheme)).toBe(wanted);
  });
});
