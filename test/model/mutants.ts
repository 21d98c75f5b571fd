/**
 * Breaks each law in a copy of the source and runs the model over it: a model
 * test that passes for a broken pipeline proves nothing.
 *
 *   node_modules/.bin/node test/model/mutants.ts [name ...]
 *
 * Prints a table (Markdown) and ends with 1 if a mutant survives.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyWorkspace } from './copy-workspace.ts';
import { MUTANTS, type Mutant } from './mutant-list.ts';

/** Seeds that a mutant may survive before it counts as not caught. */
const SEEDS = Number(process.env.RUNS ?? 40);

interface Verdict {
  mutant: Mutant;
  /** The first seed that caught it, and what was wrong; null: it survived. */
  caught: { seeds: number; wrong: string } | null;
}

function apply(directory: string, mutant: Mutant): void {
  for (const { file, from, to } of mutant.edits) {
    const path = join(directory, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from))
      throw new Error(`${mutant.name}: ${file} has no "${from}" (any more)`);
    writeFileSync(path, text.replaceAll(from, to));
  }
}

function judge(mutant: Mutant): Verdict {
  const directory = copyWorkspace();
  try {
    apply(directory, mutant);
    const run = spawnSync(process.execPath, [join(directory, 'test/model/main.ts')], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: { ...process.env, SEED: '1', RUNS: String(SEEDS), LANES: '2' },
    });
    const lines = run.stdout.split('\n');
    const wrong = lines.findIndex((line) => line.includes(': WRONG'));
    if (wrong < 0) {
      if (run.status !== 0) throw new Error(`${mutant.name}: ${run.stderr}`);
      return { mutant, caught: null };
    }
    const seeds = lines.slice(0, wrong + 1).filter((line) => line.startsWith('seed ')).length;
    return { mutant, caught: { seeds, wrong: (lines[wrong + 1] ?? '').trim() } };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const short = (text: string): string => text.replaceAll('|', '/').slice(0, 90);

const names = process.argv.slice(2);
const chosen = MUTANTS.filter(({ name }) => names.length === 0 || names.includes(name));
process.stdout.write(
  '| Mutant | Law | Caught by seed no. | What was wrong |\n| --- | --- | --- | --- |\n',
);
for (const mutant of chosen) {
  const { caught } = judge(mutant);
  if (!caught) process.exitCode = 1;
  process.stdout.write(
    `| ${mutant.name} | ${mutant.law} | ${caught ? caught.seeds : `**survived ${SEEDS}**`} | ${caught ? short(caught.wrong) : ''} |\n`,
  );
}
