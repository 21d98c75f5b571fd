import { columns, excerpt, padded } from './visible.ts';

/** How a column is shown. */
export interface Column {
  title: string;
  /** Numbers are easier to compare when they end at the same place. */
  align?: 'right';
  /** Most columns of the terminal that it takes. */
  max?: number;
}

/**
 * Rows below their titles, two spaces between columns. Texts are shown as they are made safe here:
 * one line each, what cannot be seen escaped.
 */
export function table(
  heads: readonly Column[],
  rows: readonly (readonly string[])[],
): [head: string, ...lines: string[]] {
  const cells = rows.map((row) =>
    row.map((text, at) => excerpt(text, heads[at]?.max ?? Number.POSITIVE_INFINITY)),
  );
  const widths = heads.map(({ title }, at) =>
    Math.max(columns(title), ...cells.map((row) => columns(row[at] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((text, at) => {
        const width = widths[at] ?? 0;
        if (heads[at]?.align !== 'right') return padded(text, width);
        return ' '.repeat(width - columns(text)) + text;
      })
      .join('  ')
      .trimEnd();
  return [line(heads.map(({ title }) => title)), ...cells.map(line)];
}
