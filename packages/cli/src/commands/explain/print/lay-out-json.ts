import { visibleJson } from '../../../terminal/visible.ts';

/** Longest text that is shown whole. */
const longestText = 240;

/**
 * JSON for reading: what fits on a line stands on one, and long texts are shortened (so this is no
 * longer the exact request; `--json` has that).
 */
export function layOutJson(value: unknown, indent: string, width: number): string {
  const line = inlineJson(value);
  if (indent.length + line.length <= width || typeof value !== 'object' || value === null) {
    return line;
  }
  const inner = `${indent}  `;
  const list = Array.isArray(value);
  const parts = list
    ? value.map((entry: unknown) => layOutJson(entry, inner, width))
    : Object.entries(value)
        .filter(([, entry]) => entry !== undefined)
        .map(([key, entry]) => {
          const name = `${visibleJson(key)}: `;
          return name + layOutJson(entry, inner, width - name.length);
        });
  const [open, close] = list ? '[]' : '{}';
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
}

function shortened(value: unknown): unknown {
  if (typeof value !== 'string' || value.length <= longestText) return value;
  const start = value.slice(0, longestText).replace(/[\ud800-\udbff]$/, '');
  return `${start}… (${value.length} characters)`;
}

function inlineJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return visibleJson(shortened(value));
  const members = Object.entries(value).flatMap(([key, entry]) =>
    entry === undefined ? [] : [`${visibleJson(key)}: ${inlineJson(entry)}`],
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
