import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MUTANTS } from './mutant-list.ts';

const root = new URL('../../', import.meta.url);

// Whether each is caught takes minutes: see mutants.ts.
it.each(MUTANTS)('the mutant "$name" still applies to the source', ({ edits }) => {
  for (const { file, from } of edits) {
    expect(readFileSync(new URL(file, root), 'utf8'), file).toContain(from);
  }
});
