import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ignoredVariables } from '../variables/ignored.ts';
import { variables } from '../variables/table.ts';
import { renderReference } from './reference.ts';

const page = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');

describe('docs/configuration.md', () => {
  it('is what the table of variables says (rewrite: node packages/config/src/write-docs.ts)', () => {
    expect(page).toBe(renderReference(variables, ignoredVariables));
  });

  it('names every variable and every place in config.yml', () => {
    for (const { name, path } of variables) {
      expect(page).toContain(`\`${name}\``);
      expect(page).toContain(`\`${path}\``);
    }
    for (const { name } of ignoredVariables) expect(page).toContain(`\`${name}\``);
  });
});
