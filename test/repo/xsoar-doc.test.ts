import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROBE_QUESTIONS } from '@xsoar-intel/xsoar';
import { expect, it } from 'vitest';
import { read, root } from './files.ts';

const text = read('docs/xsoar.md');

/** Rows of tables by the cells of their heads. */
const rows = text.split('\n\n').flatMap((block) => {
  const [head = '', , ...body] = block.split('\n').filter((line) => line.startsWith('|'));
  return body.map((row) => ({ head, row }));
});

it('names a test in each row that says what the connector does', () => {
  const claims = rows.filter(({ head }) => head.includes('| Test |'));
  expect(claims.length).toBeGreaterThan(40);
  expect(claims.filter(({ row }) => !/`(?:test|packages)\/[^`]+\.test\.ts` \|$/.test(row))).toEqual(
    [],
  );
});

it('names tests that exist', () => {
  const named = [...text.matchAll(/`((?:test|packages)\/[^`]+\.ts)`/g)].map(
    ([, path = '']) => path,
  );
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it('explains every question of the write probe, and no other', () => {
  const asked = rows
    .filter(({ head }) => head.startsWith('| Question of the probe |'))
    .map(({ row }) => row.split(' | ')[0]?.slice(2));
  expect(asked).toEqual(Object.values(PROBE_QUESTIONS));
});
