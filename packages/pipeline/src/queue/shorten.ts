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
  /([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)|([0-9a-f]{32,510})/g;

/**
 * See the head of this file.
 * @param known a UUID that need not be kept; none by default
 */
export function shorten(text: string, known?: string): Buffer {
  const parts: Buffer[] = [];
  let end = 0;
  let lastTime: string | null = null;
  for (const match of text.matchAll(LONG)) {
    const [found, uuid, time] = match;
    let short: Buffer | null;
    if (uuid !== undefined) short = found === known ? Buffer.of(KNOWN_UUID) : ofUuid(found);
    else if (time !== undefined) short = found === lastTime ? Buffer.of(SAME_TIME) : ofTime(found);
    else short = ofHex(found);
    if (short === null) continue;
    if (time !== undefined) lastTime = found;
    parts.push(Buffer.from(text.slice(end, match.index)), short);
    end = match.index + found.length;
  }
  parts.push(Buffer.from(text.slice(end)));
  return Buffer.concat(parts);
}

function ofUuid(text: string): Buffer {
  return Buffer.concat([Buffer.of(UUID), Buffer.from(text.replaceAll('-', ''), 'hex')]);
}

function ofTime(text: string): Buffer | null {
  const ms = Date.parse(text);
  // February 30th, years before 1970 and the like stay text.
  if (!(ms >= 0) || new Date(ms).toISOString() !== text) return null;
  const bytes = Buffer.alloc(1 + TIME_BYTES);
  bytes.writeUInt8(TIME);
  bytes.writeUIntBE(ms, 1, TIME_BYTES);
  return bytes;
}

function ofHex(text: string): Buffer | null {
  if (text.length % 2 !== 0) return null;
  const bytes = Buffer.from(text, 'hex');
  return Buffer.concat([Buffer.of(HEX, bytes.length), bytes]);
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
