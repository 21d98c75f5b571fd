import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ignoredVariables, type Variable, variables } from '@xsoar-intel/config';

/** The repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** A file of the repository as text. */
export const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Files below a folder, as paths from the repository's root. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file))
    .toSorted();
}

/** Whether a variable may come as `NAME_FILE`, as the reference marks it. */
const takesFile = ({ secret, fromFile }: Variable): boolean => secret === true || fromFile === true;

/** Every name that an environment may set. */
export const knownVariables: ReadonlySet<string> = new Set([
  ...variables.map(({ name }) => name),
  ...variables.filter(takesFile).map(({ name }) => `${name}_FILE`),
  ...ignoredVariables.map(({ name }) => name),
]);

/** What the command line offers: commands, and options of all of them. */
export const commandLine = (() => {
  const source = filesBelow('packages/cli/src', '.ts')
    .filter((file) => !file.endsWith('.test.ts'))
    .map(read)
    .join('\n');
  const words = (pattern: RegExp) =>
    new Set([...source.matchAll(pattern)].map(([, word = '']) => word));
  return {
    commands: words(/\.command\(\s*'([a-z-]+)/g),
    options: words(/\.(?:option|requiredOption)\(\s*'(?:-\w, )?(--[a-z-]+)/g),
  };
})();

/** An env file's assignments. */
export function parseEnvFile(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => /^[A-Z]/.test(line));
  return new Map(
    lines.map((line) => {
      const [name = '', ...value] = line.split('=');
      return [name, value.join('=')];
    }),
  );
}
