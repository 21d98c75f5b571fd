import { formatId } from './event-id.ts';

/**
 * Where a connection starts, as OpenCTI's stream handler reads it from `from`,
 * `last-event-id` and `recover`. Pure; the traps of the real parser are kept:
 * a value with exactly one dash is taken as an event id whatever it says, and a
 * bare number is no date.
 */
export interface StartValue {
  /** Stream position, exclusive, as text: it may be no valid id at all. */
  position: string;
  /** The date of the position in epoch ms; null when it has none. */
  dateMs: number | null;
}

/** Null: the value is not usable and counts as absent. */
export function parseStartValue(text: string | null): StartValue | null {
  if (text === null || text === '') return null;
  if (text === '0' || text === '0-0') return { position: '0-0', dateMs: 0 };
  const parts = text.split('-');
  if (parts.length === 2) {
    const ms = Number(parts[0]);
    const valid = parts[0] !== '' && Number.isFinite(ms) && !Number.isNaN(new Date(ms).getTime());
    return { position: text, dateMs: valid ? ms : null };
  }
  // A run of digits is no date for the platform, although Date.parse takes short ones as years.
  if (/^\d+$/.test(text)) return null;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return null;
  return { position: formatId({ ms, seq: 0 }), dateMs: ms };
}
