/** Pairs of hex digits, none included. */
export function isHexPairs(text: string): boolean {
  if (text.length % 2 !== 0) return false;
  for (let at = 0; at < text.length; at += 1) {
    if (!isHexDigit(text.charCodeAt(at))) return false;
  }
  return true;
}

/** Base64 with its padding, four characters or more, as the grammar of STIX 2.1 wants it. */
export function isBase64(text: string): boolean {
  if (text.length === 0 || text.length % 4 !== 0) return false;
  let end = text.length;
  if (text.charCodeAt(end - 1) === 0x3d) end -= text.charCodeAt(end - 2) === 0x3d ? 2 : 1;
  for (let at = 0; at < end; at += 1) {
    if (!isBase64Digit(text.charCodeAt(at))) return false;
  }
  return true;
}

/**
 * `YYYY-MM-DDThh:mm:ss[.f]Z`, each field within its range, the leap second
 * included. Like the grammar it does not know how long a month is.
 */
export function isTimestamp(text: string): boolean {
  const last = text.length - 1;
  if (last < 19 || text.charCodeAt(last) !== 0x5a) return false;
  if (text[4] !== '-' || text[7] !== '-' || text[10] !== 'T') return false;
  if (text[13] !== ':' || text[16] !== ':') return false;
  return (
    inRange(text, 0, 0, 99) &&
    inRange(text, 2, 0, 99) &&
    inRange(text, 5, 1, 12) &&
    inRange(text, 8, 1, 31) &&
    inRange(text, 11, 0, 23) &&
    inRange(text, 14, 0, 59) &&
    inRange(text, 17, 0, 60) &&
    isFraction(text, 19, last)
  );
}

function inRange(text: string, at: number, least: number, most: number): boolean {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return false;
  const value = tens * 10 + ones;
  return value >= least && value <= most;
}

/** Nothing, or a dot and at least one digit. */
function isFraction(text: string, from: number, to: number): boolean {
  if (from === to) return true;
  if (text[from] !== '.' || from + 1 === to) return false;
  for (let at = from + 1; at < to; at += 1) {
    if (!isDigit(text.charCodeAt(at))) return false;
  }
  return true;
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}

function isBase64Digit(code: number): boolean {
  return (
    isDigit(code) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x2b ||
    code === 0x2f
  );
}
