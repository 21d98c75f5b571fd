import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FILTER_REASONS, SKIP_REASONS } from '@xsoar-intel/pipeline';
import { describe, expect, it } from 'vitest';
import { mappingTables, partNames, withTables } from './mapping-tables.ts';

const file = fileURLToPath(new URL('../../docs/mapping.md', import.meta.url));
const tables = mappingTables();

if (process.env.WRITE_DOCS === '1') {
  writeFileSync(file, withTables(readFileSync(file, 'utf8'), tables));
}

describe('docs/mapping.md', () => {
  const document = readFileSync(file, 'utf8');

  it('has a place for every table, each once', () => {
    expect(partNames(document).sort()).toEqual([...tables.keys()].sort());
  });

  it('says what the code does (WRITE_DOCS=1 rewrites it)', () => {
    expect(document).toBe(withTables(document, tables));
  });

  it('explains every reason that a metric may show', () => {
    for (const reason of [...SKIP_REASONS, ...FILTER_REASONS]) {
      expect(document, reason).toContain(`| \`${reason}\` |`);
    }
  });
});
