const lenientForm =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|z|[+-]\d\d:\d\d)?)?$/;

/**
 * An untrusted value as an RFC 3339 instant, or null if it is none. What OpenCTI sends (UTC, with a
 * `Z`) is returned as it is; other ISO 8601 forms are rewritten in UTC, without a zone read as UTC.
 * A day that its month lacks is refused: XSOAR's decoder would refuse the whole request for it.
 */
export function rfc3339(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  return isUtcInstant(value) ? value : rewrite(value);
}

/** Milliseconds since 1970 of an RFC 3339 text; NaN if it is none. */
export function instantMs(text: string): number {
  return Date.parse(text);
}

function rewrite(value: string): string | null {
  const parts = value.length > 64 ? null : lenientForm.exec(value.trim());
  if (parts === null) return null;
  const [, year, month, day, time, zone] = parts;
  if (Number(day) > daysIn(Number(year), Number(month))) return null;
  const ms = Date.parse(`${year}-${month}-${day}T${time ?? '00:00'}${(zone ?? 'Z').toUpperCase()}`);
  if (Number.isNaN(ms)) return null;
  const text = new Date(ms).toISOString();
  // Years outside 0000 to 9999, reachable by an offset, have a sign and six digits.
  return text.length === 24 ? text : null;
}

/** `YYYY-MM-DDTHH:MM:SS[.fraction]Z`, by characters: five dates of each event go through here. */
function isUtcInstant(text: string): boolean {
  const { length } = text;
  if (length < 20 || length > 30 || text.charCodeAt(length - 1) !== 0x5a) return false;
  if (
    text.charCodeAt(4) !== 0x2d ||
    text.charCodeAt(7) !== 0x2d ||
    text.charCodeAt(10) !== 0x54 ||
    text.charCodeAt(13) !== 0x3a ||
    text.charCodeAt(16) !== 0x3a
  ) {
    return false;
  }
  const century = twoDigits(text, 0);
  const years = twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  if (century < 0 || years < 0 || month < 1 || day < 1) return false;
  if (day > 28 && day > daysIn(century * 100 + years, month)) return false;
  if (month > 12 || !within(text, 11, 23) || !within(text, 14, 59) || !within(text, 17, 59)) {
    return false;
  }
  return length === 20 || isFraction(text, length - 1);
}

function isFraction(text: string, end: number): boolean {
  if (text.charCodeAt(19) !== 0x2e || end === 20) return false;
  for (let at = 20; at < end; at += 1) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return false;
  }
  return true;
}

function within(text: string, at: number, max: number): boolean {
  const number = twoDigits(text, at);
  return number >= 0 && number <= max;
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
