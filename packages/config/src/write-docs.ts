/**
 * Writes docs/configuration.md from the table of variables:
 *
 *     node_modules/.bin/node packages/config/src/write-docs.ts
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { renderReference } from './docs/reference.ts';
import { ignoredVariables } from './variables/ignored.ts';
import { variables } from './variables/table.ts';

const file = fileURLToPath(new URL('../../../docs/configuration.md', import.meta.url));
writeFileSync(file, renderReference(variables, ignoredVariables));
process.stdout.write(`${file}\n`);
