/**
 * Shorter bytes for what compresses badly as text: UUIDs, times and digests.
 *
 *   1, 16 bytes            a UUID in lower case
 *   2, 6 bytes             a time as RFC 3339 in UTC with milliseconds
 *   3, length, bytes       a run of 32 hex digits or more, in lower case
 *   4                      the same time as the last one
 *   5                      the UUID that whoever shortens and lengthens knows
 *   anything else          UTF-8
 *
 * What repeats is one byte, so that a dictionary holds it with what stands around it.
 * The text must have no control characters of its own: JSON has none.
 */

const UUID = 1;
const TIME = 2;
const HEX = 3;
const SAME_TIME = 4;
const KNOWN_UUID = 5;
const UUID_BYTES = 16;
const TIME_BYTES = 6;
const MAX_HEX_BYTES = 255;

/** Every part is of fixed length, or ends the match: no backtracking. */
const LONG =
  '([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z)|([0-9a-f]{32,510})';
const ANYWHERE = new RegExp(LONG, 'g');
/** Passes by most letters, which begin no word: less than half the time for the same finds in what we write. */
const AT_WORDS = new RegExp(`(?<![0-9A-Za-z])(?:${LONG})`, 'g');

/** UTF-8 takes at most so many bytes for each UTF-16 unit. */
const MAX_UTF8 = 3;
/** Where texts are put together, so that each costs one allocation; longer ones get a buffer of their own. */
const SCRATCH = Buffer.alloc(8_192);

/**
 * See the head of this file.
 * @param known a UUID that need not be kept; none by default
 */
export function shorten(text: string, known?: string): Buffer {
  return shortenBy(AT_WORDS, text, known);
}

/** As {@link shorten} does it, within words too: what dictionaries are made of, which must stay as they are. */
export function shortenAnywhere(text: string): Buffer {
  return shortenBy(ANYWHERE, text);
}

function shortenBy(long: RegExp, text: string, known?: string): Buffer {
  const most = text.length * MAX_UTF8;
  const into = most <= SCRATCH.length ? SCRATCH : Buffer.allocUnsafe(most);
  let end = 0;
  let size = 0;
  let lastTime: string | null = null;
  for (const { 0: found, 1: uuid, 2: time, index } of text.matchAll(long)) {
    const ms = time === undefined ? null : msOf(found);
    const isHex = uuid === undefined && time === undefined;
    if ((time !== undefined && ms === null) || (isHex && found.length % 2 !== 0)) continue;
    size += into.write(text.slice(end, index), size);
    end = index + found.length;
    if (found === known) {
      into[size++] = KNOWN_UUID;
    } else if (uuid !== undefined) {
      into[size++] = UUID;
      size = writeHex(into, size, found);
    } else if (ms === null) {
      into[size++] = HEX;
      into[size++] = found.length / 2;
      size = writeHex(into, size, found);
    } else if (found === lastTime) {
      into[size++] = SAME_TIME;
    } else {
      into[size++] = TIME;
      size = into.writeUIntBE(ms, size, TIME_BYTES);
      lastTime = found;
    }
  }
  size += into.write(text.slice(end), size);
  return Buffer.from(into.subarray(0, size));
}

/** ms since 1970; null for February 30th, years before 1970 and the like, which stay text. */
function msOf(time: string): number | null {
  const ms = Date.parse(time);
  if (!(ms >= 0)) return null;
  // What can be read and is none: a day that the month does not have, and 24 o'clock.
  const isPlain = time.slice(8, 10) <= '28' && time.slice(11, 13) !== '24';
  return isPlain || new Date(ms).toISOString() === time ? ms : null;
}

const DASH = '-'.charCodeAt(0);
const NINE = '9'.charCodeAt(0);
const HEX_LETTER = 'a'.charCodeAt(0) - 10;
const ZERO = '0'.charCodeAt(0);

/** Writes hex digits in lower case, dashes between bytes left out; returns where it ended. */
function writeHex(into: Buffer, from: number, digits: string): number {
  let at = from;
  for (let n = 0; n < digits.length; n += 2) {
    if (digits.charCodeAt(n) === DASH) n += 1;
    into[at++] = (nibble(digits, n) << 4) | nibble(digits, n + 1);
  }
  return at;
}

function nibble(digits: string, at: number): number {
  const code = digits.charCodeAt(at);
  return code > NINE ? code - HEX_LETTER : code - ZERO;
}

/**
 * The text that was shortened.
 * @param known the UUID that was known when it was
 */
export function lengthen(bytes: Buffer, known = ''): string {
  let text = '';
  let plain = 0;
  let lastTime = '';
  for (let at = 0; at < bytes.length; ) {
    const form = bytes[at] ?? 0;
    if (form < UUID || form > KNOWN_UUID) {
      at += 1;
      continue;
    }
    text += bytes.toString('utf8', plain, at);
    at += 1;
    if (form === UUID) {
      text += uuidText(bytes.subarray(at, at + UUID_BYTES));
      at += UUID_BYTES;
    } else if (form === TIME) {
      lastTime = new Date(bytes.readUIntBE(at, TIME_BYTES)).toISOString();
      text += lastTime;
      at += TIME_BYTES;
    } else if (form === SAME_TIME) {
      text += lastTime;
    } else if (form === KNOWN_UUID) {
      text += known;
    } else {
      const length = Math.min(bytes[at] ?? 0, MAX_HEX_BYTES);
      text += bytes.toString('hex', at + 1, at + 1 + length);
      at += 1 + length;
    }
    plain = at;
  }
  return text + bytes.toString('utf8', plain);
}

/** The text of a UUID's 16 bytes. */
export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [0, 8, 12, 16, 20]
    .map((from, index, all) => hex.slice(from, all[index + 1] ?? 32))
    .join('-');
}
