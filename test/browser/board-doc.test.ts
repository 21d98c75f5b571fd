import { readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { IMAGES } from './picture.ts';

it('docs/board.md shows pictures that are there and small (SCREENSHOTS=1 rewrites them)', () => {
  const text = readFileSync(new URL('../../docs/board.md', import.meta.url), 'utf8');
  const names = [...text.matchAll(/"images\/([a-z-]+\.png)"/g)].map(([, name]) => name ?? '');
  expect(new Set(names).size).toBe(7);
  for (const name of names) expect(statSync(IMAGES + name).size).toBeLessThan(200_000);
});
