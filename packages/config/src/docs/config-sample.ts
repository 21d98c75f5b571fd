import { takesFile } from '../load/texts.ts';
import type { Variable } from '../variables/define.ts';
import { commentLines, isNeeded, kindOf } from './plain-text.ts';

const HEAD = `# Copy this file to config.yml, replace every ChangeMe (they are refused by name), and take the
# "# " away from what you want to set otherwise. What stands there is the default, or an example.
# An environment variable beats what is written here.
#
# Made from packages/config/src/variables by
#   node_modules/.bin/node packages/config/src/write-docs.ts
# Change it there: a test compares. The same, with more words: docs/configuration.md
`;

/** Writes `config.yml.sample`: every key, in the sections that the Python connector has too. */
export function renderConfigSample(variables: readonly Variable[]): string {
  const sections = new Map<string, string[]>();
  for (const variable of variables) {
    const [section = '', key = ''] = variable.path.split('.');
    const lines = sections.get(section) ?? [];
    lines.push(entry(key, variable));
    sections.set(section, lines);
  }
  const parts = [...sections].map(([section, entries]) => `${section}:\n${entries.join('\n')}`);
  return `${[HEAD, ...parts].join('\n')}\n`;
}

function entry(key: string, variable: Variable): string {
  const { description, default: fallback, example } = variable;
  const needed = isNeeded(variable);
  const value = needed ? 'ChangeMe' : scalar(fallback === null ? (example ?? '') : fallback);
  const file = takesFile(variable) ? [`or ${key}_file: the path of a file that holds it`] : [];
  return [
    ...commentLines(description).map((line) => `  # ${line}`),
    ...commentLines(`(${[kindOf(variable), ...file].join('; ')})`).map((line) => `  # ${line}`),
    `  ${needed ? '' : '# '}${key}: ${value}`,
    '',
  ].join('\n');
}

/** A text as YAML: in quotes where it could be read as something else. */
function scalar(text: string): string {
  return /^[A-Za-z0-9/][\w./:,;%@+=* -]*$/.test(text) ? text : JSON.stringify(text);
}
