/** A line of a text, with its number from 1. */
export interface Line {
  number: number;
  text: string;
}

/**
 * The lines of a text that arrives in pieces; only LF ends one, since a JSON text may hold any other
 * separator that Unicode knows. An unfinished last line counts.
 * @throws RangeError for a line longer than `max` characters
 */
export async function* splitLines(
  pieces: AsyncIterable<string> | Iterable<string>,
  max: number,
): AsyncGenerator<Line> {
  let number = 1;
  let rest: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', from)) {
      rest.push(piece.slice(from, end));
      yield { number, text: withoutMark(rest.join(''), number) };
      number += 1;
      rest = [];
      length = 0;
      from = end + 1;
    }
    rest.push(piece.slice(from));
    length += piece.length - from;
    if (length > max) throw new RangeError(`line ${number} is longer than ${max} characters`);
  }
  const last = rest.join('');
  if (last !== '') yield { number, text: withoutMark(last, number) };
}

// Some editors put a byte order mark before the first line.
function withoutMark(text: string, number: number): string {
  const line = number === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
