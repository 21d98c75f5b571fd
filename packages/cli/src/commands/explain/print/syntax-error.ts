import type { Paint } from '../../../terminal/paint.ts';
import { columns, visible, wrapped } from '../../../terminal/visible.ts';
import type { PatternReading } from '../reading/read-pattern.ts';

/** Columns of prose, and longest line of a pattern that is shown whole. */
const width = 96;

/** Characters of a longer line that are shown before and behind the mistake. */
const before = 60;
const behind = 36;

/** The mistake of a pattern: what is wrong, the line with a caret under the place, and what helps. */
export function syntaxErrorLines(
  { text, error, hint }: Extract<PatternReading, { ok: false }>,
  paint: Paint,
): string[] {
  const message = visible(error.message);
  const lines = wrapped(`${message.charAt(0).toUpperCase()}${message.slice(1)}.`, width).map(
    paint.bad,
  );
  if (error.code !== 'too-long') lines.push('', ...caretLines(text, error.offset, paint));
  if (hint !== null) {
    const [words = '', ...examples] = hint.split('\n');
    lines.push('', ...wrapped(words, width), ...examples.map((example) => `  ${example}`));
  }
  return lines;
}

function caretLines(text: string, offset: number, paint: Paint): string[] {
  const lineStart = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const next = text.indexOf('\n', offset);
  const lineEnd = next < 0 ? text.length : next;
  const fits = lineEnd - lineStart <= width;
  const from = fits ? lineStart : boundary(text, Math.max(lineStart, offset - before));
  const to = fits ? lineEnd : boundary(text, Math.min(lineEnd, offset + behind));
  const left = (from > lineStart ? '…' : '') + visible(text.slice(from, offset));
  const right = visible(text.slice(offset, to)) + (to < lineEnd ? '…' : '');
  return [`  ${left}${right}`, `  ${' '.repeat(columns(left))}${paint.bad('^')}`];
}

/** The place itself, or the one before it where it would cut a pair of surrogates in two. */
function boundary(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return at > 0 && code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}
