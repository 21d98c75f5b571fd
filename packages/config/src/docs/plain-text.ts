import type { Variable } from '../variables/define.ts';

/** Columns that a comment of a sample file takes. */
const WIDTH = 92;

/** A description without its Markdown, in lines for a comment. */
export function commentLines(text: string): string[] {
  const plain = text.replaceAll('`', '').replaceAll('**', '');
  const lines: string[] = [];
  let line = '';
  for (const word of plain.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Whether nothing can start without it. */
export function isNeeded({ default: fallback, requiredBy = [] }: Variable): boolean {
  return fallback === null && requiredBy.length > 0;
}

/** What kind of value it takes, and an example where the default is none. */
export function kindOf({ type, example, default: fallback }: Variable): string {
  const shown = example !== undefined && (fallback === null || fallback === '') ? example : null;
  return shown === null ? type.label : `${type.label}; for example ${shown}`;
}
