/** One line of a stream, without its end; `number` counts from 1. */
export interface Line {
  number: number;
  text: string;
}

/**
 * Splits a stream of bytes into lines without ever holding more than one line and
 * one chunk. A byte order mark is dropped, CR LF counts as one end, the last line
 * needs none. UTF-8 sequences may be split between chunks.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8');
  // The pieces of an unfinished line: joining at each chunk would be quadratic.
  let pieces: string[] = [];
  let number = 0;
  const finish = (tail: string): Line => {
    const whole = pieces.length > 0 ? pieces.join('') + tail : tail;
    pieces = [];
    number += 1;
    return { number, text: whole.endsWith('\r') ? whole.slice(0, -1) : whole };
  };
  for await (const chunk of chunks) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      yield finish(text.slice(from, end));
      from = end + 1;
    }
    if (from < text.length) pieces.push(text.slice(from));
  }
  const rest = decoder.decode();
  if (pieces.length > 0 || rest) yield finish(rest);
}

/** A line of NDJSON that could not be used, and why. */
export interface BadLine {
  line: number;
  reason: string;
}

/**
 * The JSON values of an NDJSON stream. Empty lines are skipped; a line that is no
 * JSON goes to `onBad` and reading goes on.
 */
export async function* readNdjson(
  chunks: AsyncIterable<Uint8Array | string>,
  onBad: (bad: BadLine) => void = () => {},
): AsyncGenerator<{ line: number; value: unknown }> {
  for await (const { number, text } of readLines(chunks)) {
    if (text.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      onBad({ line: number, reason: error instanceof Error ? error.message : String(error) });
      continue;
    }
    yield { line: number, value };
  }
}
