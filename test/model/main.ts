/**
 * The model test from the command line, for long runs:
 *
 *   SEED=1 RUNS=2000 LANES=3 node test/model/main.ts
 *
 * Ends with 1 at the first seed that is wrong (unless KEEP_GOING=1), and prints
 * what happened to whatever is wrong.
 */
import { runSeeds } from './seeds.ts';

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);

const { results, failed } = await runSeeds({
  first: number('SEED', 1),
  runs: number('RUNS', 30),
  lanes: number('LANES', 3),
  keepGoing: process.env.KEEP_GOING === '1',
  say: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(`${results.length} seeds, ${failed.length} wrong\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
