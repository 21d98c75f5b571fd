import { parseDuration } from './duration.ts';
import { bad, good, type Reading, type ValueType } from './value-type.ts';

/**
 * A point in time, or a distance back from the present of whoever asks, in milliseconds: the reader
 * may start anew long after the configuration was read.
 */
export type Moment =
  | { readonly kind: 'at'; readonly ms: number }
  | { readonly kind: 'ago'; readonly ms: number };

const DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** An ISO 8601 date in epoch milliseconds, UTC where it names no zone; null if it is none. */
export function parseDate(text: string): number | null {
  const match = DATE.exec(text);
  if (match === null) return null;
  const [, year, month, dayOfMonth, hours = '00', minutes = '00', seconds = '00', zone = 'Z'] =
    match;
  // Date.parse takes 31 February for 3 March.
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(dayOfMonth) > days || Number(month) > 12) return null;
  const fraction = /\.(\d{1,3})/.exec(text)?.[1]?.padEnd(3, '0') ?? '000';
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const ms = Date.parse(
    `${year}-${month}-${dayOfMonth}T${hours}:${minutes}:${seconds}.${fraction}${offset}`,
  );
  return Number.isNaN(ms) ? null : ms;
}

const START =
  'milliseconds since 1970 (13 digits), a date such as 2026-01-31 or 2026-01-31T12:00:00Z, or how long ago, such as P30D or 12h';

/**
 * Where a first start begins. pycti takes epoch milliseconds only; a number of ten digits is
 * surely meant as seconds, and taken as milliseconds it would be January 1970.
 */
export const startPoint: ValueType<Moment> = {
  label: 'epoch milliseconds, date or duration',
  empty: 'default',
  read(text): Reading<Moment> {
    if (/^\d+$/.test(text)) {
      if (text === '0' || text.length === 13) return good({ kind: 'at', ms: Number(text) });
      return text.length === 10
        ? bad(`milliseconds since 1970: this looks like seconds, write ${text}000`)
        : bad(START);
    }
    const date = parseDate(text);
    if (date !== null) return good({ kind: 'at', ms: date });
    const ago = parseDuration(text);
    return ago === null ? bad(START) : good({ kind: 'ago', ms: ago });
  },
};

const OFF = new Set(['no', 'none', 'false', 'off']);

/** Until when to catch up: pycti's ISO date or a word that turns it off. */
export const recoverPoint: ValueType<Moment | 'off'> = {
  label: 'date, duration, `no`',
  empty: 'default',
  read(text): Reading<Moment | 'off'> {
    if (OFF.has(text.toLowerCase())) return good('off');
    const date = parseDate(text);
    if (date !== null) return good({ kind: 'at', ms: date });
    const ago = /^\d+$/.test(text) ? null : parseDuration(text);
    return ago === null
      ? bad('a date such as 2026-01-31T12:00:00Z, or no to switch the catch-up off')
      : good({ kind: 'ago', ms: ago });
  },
};
