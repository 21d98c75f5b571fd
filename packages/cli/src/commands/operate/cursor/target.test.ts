import { describe, expect, it } from 'vitest';
import { parseTarget } from './target.ts';

const now = Date.parse('2026-02-01T12:00:00Z');
const textOf = (text: string) => parseTarget(text, now).text;

describe('the target of a cursor', () => {
  it('is an event id as it is', () => {
    expect(textOf('1769938140000-7')).toBe('1769938140000-7');
    expect(textOf('0-0')).toBe('0-0');
  });

  it('is the beginning of a moment', () => {
    expect(textOf('2026-01-31')).toBe(`${Date.parse('2026-01-31T00:00:00Z')}-0`);
    expect(textOf('2026-01-31T12:00:00+01:00')).toBe(`${Date.parse('2026-01-31T11:00:00Z')}-0`);
  });

  it('is a distance back from now', () => {
    const week = `${now - 7 * 86_400_000}-0`;
    expect(textOf('P7D')).toBe(week);
    expect(textOf('7d')).toBe(week);
    expect(textOf('-P7D')).toBe(week);
  });

  it.each(['', 'yesterday', '1769938140000', '1-2-3', '2026-02-30', 'P999999D'])(
    'is not %o',
    (text) => {
      expect(() => parseTarget(text, now)).toThrow('neither an event id');
    },
  );

  it('does not lie ahead', () => {
    expect(() => parseTarget('2026-02-02', now)).toThrow('still to come');
    expect(() => parseTarget(`${now + 1}-0`, now)).toThrow('still to come');
  });
});
