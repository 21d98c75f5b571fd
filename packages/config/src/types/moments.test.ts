import { describe, expect, it } from 'vitest';
import { parseDate, recoverPoint, startPoint } from './moments.ts';

const at = (iso: string) => ({ kind: 'at', ms: Date.parse(iso) });

describe('dates', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00Z'],
    ['2026-01-31T12:30:00Z', '2026-01-31T12:30:00Z'],
    ['2026-01-31 12:30', '2026-01-31T12:30:00Z'],
    ['2026-01-31T12:30:00.123456Z', '2026-01-31T12:30:00.123Z'],
    ['2026-01-31T12:30:00.5Z', '2026-01-31T12:30:00.500Z'],
    ['2026-01-31T12:30:00+02:00', '2026-01-31T10:30:00Z'],
    ['2026-01-31T12:30:00-0130', '2026-01-31T14:00:00Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
  ])('%s is %s, UTC unless it says otherwise', (text, iso) => {
    expect(parseDate(text)).toBe(Date.parse(iso));
  });

  it.each(['2026-02-30', '2026-13-01', '2025-02-29', '2026-01-00', '2026-1-1', '2026', 'now', ''])(
    '%s is none',
    (text) => {
      expect(parseDate(text)).toBeNull();
    },
  );
});

describe('the start of a first run', () => {
  it('is epoch milliseconds, a date, or how long ago', () => {
    expect(startPoint.read('1767225600000')).toEqual({ ok: true, value: at('2026-01-01') });
    expect(startPoint.read('0')).toEqual({ ok: true, value: { kind: 'at', ms: 0 } });
    expect(startPoint.read('2026-01-01')).toEqual({ ok: true, value: at('2026-01-01') });
    expect(startPoint.read('P30D')).toEqual({ ok: true, value: { kind: 'ago', ms: 2_592e6 } });
    expect(startPoint.read('12h')).toEqual({ ok: true, value: { kind: 'ago', ms: 432e5 } });
  });

  it('says that ten digits are seconds', () => {
    const read = startPoint.read('1767225600');
    expect(!read.ok && read.expected).toContain('write 1767225600000');
  });

  it.each(['176722560000', '17672256000000', '1767225600000-0', 'yesterday', '-5'])(
    'is not %s',
    (text) => {
      expect(startPoint.read(text).ok).toBe(false);
    },
  );
});

describe('the end of a catch-up', () => {
  it.each(['no', 'No', 'none', 'None', 'false', 'False'])('is switched off by %s', (text) => {
    expect(recoverPoint.read(text)).toEqual({ ok: true, value: 'off' });
  });

  it('is a date', () => {
    expect(recoverPoint.read('2026-01-01T00:00:00Z')).toEqual({
      ok: true,
      value: at('2026-01-01'),
    });
    expect(recoverPoint.read('1767225600000').ok).toBe(false);
    expect(recoverPoint.read('true').ok).toBe(false);
  });
});
