/**
 * A filter over the bytes of an event stream, before the SSE parser sees them. It bounds the
 * memory of one event, whatever is sent, and keeps two things visible that a parser hides:
 *
 * - an event longer than the limit arrives cut off instead of filling memory, so that it can be
 *   set aside as too large while the stream goes on. `id:` and `event:` come before `data:` in
 *   OpenCTI's output, so they survive;
 * - an event without any `data:` line, which the SSE standard drops silently, gets an empty one
 *   and can be counted. Blocks without `event:` are left alone: they are no events of OpenCTI's.
 *
 * Comments are dropped. They are also no sign of life: a proxy may send them for ever on behalf
 * of a platform that is gone.
 *
 * States, per line: taken (its bytes pass), comment (none pass), skipped (none pass: the event is
 * over its limit already). Per event: bytes seen, over the limit or not, which fields came.
 */
import { Buffer } from 'node:buffer';

const lf = 10;
const colon = 58;
const emptyData = Buffer.from('data:\n');
/** Room for the lines around the data; more than this much `id:` and `event:` is no real event. */
const fieldSlack = 4096;
/** Enough of a line to know its field: `event:` is the longest that matters. */
const headLength = 6;

/** A chunk after the filter. */
export interface FilteredChunk {
  /** What is to be parsed. Can be empty. */
  bytes: Buffer;
  /** Whether the chunk carried anything of an event: a sign that the platform is alive. */
  alive: boolean;
}

/**
 * @param maxEventBytes longest `data:` that must pass whole. A longer one is cut somewhat behind
 *   this limit, so that its length still tells that it was too long.
 * @returns a function to be called with each chunk in turn; chunks have LF line ends only.
 */
export function createEventFilter(maxEventBytes: number): (chunk: Buffer) => FilteredChunk {
  const limit = maxEventBytes + fieldSlack;
  const head = Buffer.alloc(headLength);

  let eventBytes = 0;
  let over = false;
  let hasData = false;
  let hasName = false;

  let lineBytes = 0;
  let comment = false;
  let passed = 0; // bytes of this line that were let through

  const startLine = () => {
    lineBytes = 0;
    comment = false;
    passed = 0;
  };
  const startEvent = () => {
    eventBytes = 0;
    over = false;
    hasData = false;
    hasName = false;
  };

  return (chunk) => {
    const parts: Buffer[] = [];
    let kept = 0; // everything before this offset is in parts or was cut
    let alive = false;
    const cut = (from: number, to: number) => {
      if (from > kept) parts.push(chunk.subarray(kept, from));
      kept = to;
    };

    let at = 0;
    while (at < chunk.length) {
      const found = chunk.indexOf(lf, at);
      const complete = found !== -1;
      const end = complete ? found : chunk.length;

      if (complete && end === at && lineBytes === 0) {
        if (hasName && !hasData) {
          cut(at, at);
          parts.push(emptyData);
        }
        startEvent();
        at = end + 1;
        continue;
      }

      if (lineBytes === 0) comment = chunk[at] === colon;
      const size = end - at;
      if (lineBytes < headLength) chunk.copy(head, lineBytes, at, Math.min(end, at + headLength));
      lineBytes += size;
      if (comment) {
        cut(at, complete ? end + 1 : end);
      } else {
        if (size > 0) alive = true;
        const room = over ? 0 : limit - eventBytes;
        const pass = Math.min(size, room);
        if (pass < size) {
          over = true;
          cut(at + pass, end);
        }
        passed += pass;
        eventBytes += pass;
        if (complete) {
          // The end of a line that was let through, even in part, has to be there as well.
          if (passed === 0) cut(end, end + 1);
          else if (startsWith(head, passed, 'data')) hasData = true;
          else if (startsWith(head, passed, 'event')) hasName = true;
        }
      }
      if (complete) startLine();
      at = complete ? end + 1 : end;
    }
    if (parts.length === 0 && kept === 0) return { bytes: chunk, alive };
    cut(chunk.length, chunk.length);
    return { bytes: parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts), alive };
  };
}

/** Whether a line of so many bytes is the given field, with a colon or with nothing behind it. */
function startsWith(head: Buffer, lineBytes: number, field: string): boolean {
  if (lineBytes < field.length) return false;
  for (let i = 0; i < field.length; i++) {
    if (head[i] !== field.charCodeAt(i)) return false;
  }
  return lineBytes === field.length || head[field.length] === colon;
}
