// Control and format characters (terminal sequences, changes of the writing direction), line
// separators, lone surrogates, and what no font has.
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Untrusted text for a terminal: one line, and what cannot be seen written as an escape. */
export function visible(text: string): string {
  return text.replaceAll(unprintable, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** A value as JSON on one line, safe for a terminal and still JSON. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(unprintable, (character) =>
    Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join(''),
  );
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Untrusted text, visible and shortened to about `max` characters. */
export function excerpt(text: string, max: number): string {
  const cut =
    text.length > max ? `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…` : text;
  return visible(cut);
}

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u;
const zeroWidth = /\p{M}/u;

/** Columns that a visible text takes on a terminal. */
export function columns(text: string): number {
  let count = 0;
  for (const character of text) {
    if (zeroWidth.test(character)) continue;
    count += wide.test(character) ? 2 : 1;
  }
  return count;
}

/** The text with spaces behind it up to a number of columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/** Visible text in lines of at most `width` columns, broken between words where that can be. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && columns(line) + 1 + columns(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}
