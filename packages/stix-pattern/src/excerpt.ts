/** Longest excerpt of a pattern in an error, in UTF-16 code units. */
const longest = 32;

// Control and format characters, lone surrogates and line separators could forge
// or garble a log line. The text is short by now and the expression has no loops.
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * A piece of the pattern for an error message: short, printable, in double
 * quotes, because string literals bring single ones.
 */
export function excerpt(text: string, start: number, end: number): string {
  if (start >= text.length) return 'the end';
  const cut = end - start > longest;
  const piece = text.slice(start, cut ? start + longest : end);
  const printable = piece.replaceAll(
    unprintable,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return `"${printable}${cut ? '…' : ''}"`;
}
