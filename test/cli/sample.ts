import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const page = readFileSync(
  fileURLToPath(new URL('../../docs/commands.md', import.meta.url)),
  'utf8',
);

/** The output of a command that docs/commands.md shows. */
export function sampleOf(command: string): string {
  const [, after] = page.split(`\`\`\`console\n$ ${command}\n`);
  if (after === undefined) throw new Error(`docs/commands.md shows no output of "${command}"`);
  return after.split('\n```')[0] ?? '';
}

/** The names of the rows of `status`, or of the findings of `doctor`, in their order. */
export const rowsOf = (output: string): string[] =>
  [...output.matchAll(/^ {2}(?:(?:ok|skipped|warning|failed) +)?(\w[\w -]*?) {2,}/gm)].map(
    ([, name]) => name ?? '',
  );
