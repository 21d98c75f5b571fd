import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { read, root } from './files.ts';

/** All sources of the product, without its tests. */
function sources(): string[] {
  return readdirSync(join(root, 'packages')).flatMap((name) =>
    readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ts$/.test(file) && !/\.test\.ts$|(^|\/)testing\//.test(file))
      .map((file) => read(`packages/${name}/src/${file}`)),
  );
}

/** Their text, with strings that are split over lines put together, so that one can search it. */
export function sourceStrings(): string {
  return sources().map(joined).join('\n');
}

const joined = (text: string): string => text.replace(/['"`] \+\s*['"`]/g, '');

/** A call that logs. */
export interface LogCall {
  level: string;
  /** The fixed parts of its message, in order. */
  parts: string[];
}

/** Every call of a logger whose message has a fixed part. */
export function logCalls(levels: readonly string[]): LogCall[] {
  const start = new RegExp(`logger\\.(${levels.join('|')})\\(`, 'g');
  return sources().flatMap((source) => {
    const text = joined(source);
    return [...text.matchAll(start)].flatMap(({ 0: head, 1: level = '', index }) => {
      const message = messageOf(callText(text, index + head.length));
      return message === null ? [] : [{ level, parts: partsOf(message) }];
    });
  });
}

/** What is between the parentheses of a call that opens before `from`. */
function callText(text: string, from: number): string {
  let depth = 1;
  let at = from;
  for (; at < text.length && depth > 0; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
  }
  return text.slice(from, at - 1);
}

/** The string that ends a call: its message, where that is written out. */
function messageOf(call: string): string | null {
  const last = /(?:'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`),?\s*$/.exec(call);
  return last === null ? null : (last[1] ?? last[2] ?? null);
}

const partsOf = (message: string): string[] =>
  message
    .split(/\$\{[^}]*\}/)
    .map((part) => part.trim())
    .filter((part) => part.length > 2);
