import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docs/guarantees.md', root), 'utf8');

/** Rows of tables, without heads and rules. */
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---') && !/Proved by/.test(line));

const tests = [...text.matchAll(/`((?:test|packages)\/[^`]+\.ts)`/g)].map(([, path]) => path ?? '');

it('every promise names the test that proves it', () => {
  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter((row) => !/`(?:test|packages)\/[^`]+\.test\.ts`/.test(row))).toEqual([]);
});

it('every test that is named exists', () => {
  expect(tests.length).toBeGreaterThan(30);
  expect(tests.filter((path) => !existsSync(fileURLToPath(new URL(path, root))))).toEqual([]);
});

it('every setting that is named exists', () => {
  const configuration = readFileSync(new URL('docs/configuration.md', root), 'utf8');
  const names = [...text.matchAll(/`([A-Z][A-Z]+_[A-Z_]+)`/g)].map(([, name]) => name ?? '');
  expect(names.length).toBeGreaterThan(3);
  expect(names.filter((name) => !configuration.includes(`\`${name}\``))).toEqual([]);
});
