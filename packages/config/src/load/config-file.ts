import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type ConfigNote, type ConfigProblem, problemOf } from '../problem.ts';
import { suggest } from './suggest.ts';

/** A value of `config.yml` as text, as an environment variable would have it. */
export interface FileEntry {
  readonly text: string;
  readonly line: number;
  /** It is a YAML list; its entries are joined by commas. */
  readonly several: boolean;
}

/** What a `config.yml` says. */
export interface FileContents {
  /** By path such as `opencti.url`. A key without a value is not in it. */
  readonly entries: ReadonlyMap<string, FileEntry>;
  readonly problems: readonly ConfigProblem[];
  readonly notes: readonly ConfigNote[];
}

/**
 * Reads `config.yml`: sections of keys. Plain values keep the text they were written with, so that
 * a key id `007` or a token `12e3` stays what it is.
 * @param name of the file, for messages
 * @param known paths that mean something; others are noted
 */
export function readConfigFile(text: string, name: string, known: readonly string[]): FileContents {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: ConfigProblem[] = [];
  const notes: ConfigNote[] = [];
  const entries = new Map<string, FileEntry>();
  const lineOf = (node: Node): number => lines.linePos(node.range?.[0] ?? 0).line;

  for (const { code, pos } of document.errors) {
    // The library's message quotes the text, which may be a secret.
    const { line, col } = lines.linePos(pos[0]);
    const what = code.toLowerCase().replaceAll('_', ' ');
    problems.push(problemOf(name, `is no YAML: ${what} at ${line}:${col}`));
  }
  if (problems.length > 0) return { entries, problems, notes };

  const resolve = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);

  /** Adds one value; what is neither a scalar nor a list of scalars is a problem. */
  function add(path: string, node: unknown): void {
    const value = resolve(node);
    if (isScalar(value)) {
      if (value.value !== null) {
        entries.set(path, { text: textOf(value), line: lineOf(value), several: false });
      }
    } else if (isSeq(value) && value.items.every((item) => isScalar(resolve(item)))) {
      const texts = value.items.map((item) => textOf(resolve(item)));
      entries.set(path, { text: texts.join(','), line: lineOf(value), several: true });
    } else if (isAlias(node)) {
      const complaint = 'a text that begins with * needs quotes in YAML';
      problems.push(problemOf(path, complaint, { source: `${name}:${lineOf(node)}` }));
    } else {
      problems.push(problemOf(path, 'expected a single value, not a section', { source: name }));
    }
  }

  function note(path: string, what: string): void {
    const meant = suggest(path, known);
    notes.push({
      level: 'warning',
      variable: path,
      message: `${name}: ${what}${meant === null ? '' : `; did you mean ${meant}?`}`,
    });
  }

  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) return { entries, problems, notes };
  if (!isMap(root)) {
    problems.push(problemOf(name, 'expected sections such as "opencti:" with keys below'));
    return { entries, problems, notes };
  }
  const knownPaths = new Set(known);
  const sections = new Set(known.map((path) => path.split('.')[0] ?? ''));
  for (const { key: sectionKey, value } of root.items) {
    const section = textOf(sectionKey);
    const content = resolve(value);
    if (!sections.has(section)) {
      const meant = suggest(section, sections);
      notes.push({
        level: 'warning',
        variable: section,
        message: `${name}: the section "${section.slice(0, 64)}" is unknown${meant === null ? '' : `; did you mean "${meant}"?`}`,
      });
    } else if (isMap(content)) {
      for (const { key, value: node } of content.items) {
        const path = `${section}.${textOf(key)}`;
        if (knownPaths.has(path)) add(path, node);
        else note(path, `${path.slice(0, 128)} is unknown`);
      }
    } else if (!isScalar(content) || content.value !== null) {
      problems.push(problemOf(section, `expected keys below "${section}:"`, { source: name }));
    }
  }
  return { entries, problems, notes };
}

/** The text of a scalar as it was written, quotes and escapes aside. */
function textOf(node: unknown): string {
  if (!isScalar(node)) return '';
  if (typeof node.value === 'string') return node.value;
  return node.source ?? String(node.value);
}
