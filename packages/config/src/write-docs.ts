/**
 * Writes docs/configuration.md, .env.example and config.yml.sample from the table of variables:
 *
 *     node_modules/.bin/node packages/config/src/write-docs.ts
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderConfigSample } from './docs/config-sample.ts';
import { renderEnvExample } from './docs/env-example.ts';
import { renderReference } from './docs/reference.ts';
import { ignoredVariables } from './variables/ignored.ts';
import { variables } from './variables/table.ts';

const files: readonly (readonly [string, string])[] = [
  ['docs/configuration.md', renderReference(variables, ignoredVariables)],
  ['.env.example', renderEnvExample(variables)],
  ['config.yml.sample', renderConfigSample(variables)],
];
for (const [name, text] of files) {
  const file = fileURLToPath(new URL(`../../../${name}`, import.meta.url));
  writeFileSync(file, text);
  process.stdout.write(`${file}\n`);
}
