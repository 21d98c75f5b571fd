import type { ConfigNote } from '../problem.ts';
import type { Variable } from '../variables/define.ts';
import { ignoredVariables } from '../variables/ignored.ts';
import { variables } from '../variables/table.ts';
import type { FileEntry } from './config-file.ts';
import { suggest } from './suggest.ts';
import { type Environment, takesFile } from './texts.ts';

/** Every path that `config.yml` may have. */
export function knownPaths(): string[] {
  return [
    ...variables.map(({ path }) => path),
    ...variables.filter(takesFile).map(({ path }) => `${path}_file`),
    ...ignoredVariables.map(({ path }) => path),
  ];
}

/** Prefixes of our variables: only what begins like one can be one that was mistyped. */
const PREFIXES = [...new Set(variables.map(({ name }) => `${name.split('_')[0]}_`))];

/**
 * Notes on what is set and has no effect: variables that only the Python connector has, and names
 * of the environment that look like one of ours mistyped.
 */
export function strayNotes(
  env: Environment,
  entries: ReadonlyMap<string, FileEntry>,
  fileName: string,
): ConfigNote[] {
  const notes: ConfigNote[] = [];
  for (const { name, path, why } of ignoredVariables) {
    const set = (env[name] ?? '') !== '' ? name : entries.has(path) ? `${fileName}: ${path}` : null;
    if (set === null) continue;
    notes.push({ level: 'note', variable: name, message: `${set} has no effect here: ${why}` });
  }
  const known = new Map<string, Variable | null>();
  for (const { name } of ignoredVariables) known.set(name, null);
  for (const variable of variables) {
    known.set(variable.name, variable);
    if (takesFile(variable)) known.set(`${variable.name}_FILE`, variable);
  }
  for (const name of Object.keys(env)) {
    if (known.has(name) || !PREFIXES.some((prefix) => name.startsWith(prefix))) continue;
    const stem = name.endsWith('_FILE') ? known.get(name.slice(0, -'_FILE'.length)) : undefined;
    if (stem) {
      const message = `${name} has no effect: ${stem.name} is no secret and is set directly`;
      notes.push({ level: 'warning', variable: name, message });
      continue;
    }
    const meant = suggest(name, known.keys());
    if (meant === null) continue;
    const message = `${name} is unknown; did you mean ${meant}?`;
    notes.push({ level: 'warning', variable: name, message });
  }
  return notes;
}
