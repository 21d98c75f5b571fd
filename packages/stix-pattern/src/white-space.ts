/**
 * The white space of the official grammar: ASCII, NEL, no-break space and the
 * space and line separators of Unicode. It is not JavaScript's `\s`: U+FEFF is
 * not part of it, U+0085 is.
 */
export function isSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  return code >= 0x85 && isWideSpace(code);
}

function isWideSpace(code: number): boolean {
  switch (code) {
    case 0x85:
    case 0xa0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202f:
    case 0x205f:
    case 0x3000:
      return true;
    default:
      return code >= 0x2000 && code <= 0x200a;
  }
}

/**
 * The first position from `from` on that is neither white space nor comment
 * (block or line comment, as in C). A comment that is never
 * closed gives a position beyond the end of the text.
 */
export function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) {
      at += 1;
    } else if (code === 0x2f && text.charCodeAt(at + 1) === 0x2a) {
      const close = text.indexOf('*/', at + 2);
      if (close === -1) return text.length + 1;
      at = close + 2;
    } else if (code === 0x2f && text.charCodeAt(at + 1) === 0x2f) {
      at = endOfLine(text, at + 2);
    } else {
      return at;
    }
  }
}

function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || code === 0x0d) break;
    at += 1;
  }
  return at;
}
