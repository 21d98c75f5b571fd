/**
 * Laws L1 to L9 at once: see run.ts. A seed that is wrong is run again by
 *
 *   SEED=<seed> RUNS=1 node_modules/.bin/node test/model/main.ts
 */
import { expect, it } from 'vitest';
import { runSeeds } from './seeds.ts';

const first = Number(process.env.SEED ?? 1);
const runs = Number(process.env.RUNS ?? 30);

it(`the target equals the fold of the stream, whatever happens (seeds ${first} to ${first + runs - 1})`, {
  timeout: 60_000 + runs * 15_000,
}, async () => {
  const lines: string[] = [];
  const { failed, results, counts } = await runSeeds({
    first,
    runs,
    lanes: 3,
    keepGoing: false,
    say: (line) => lines.push(line),
  });
  expect(
    failed.map(({ seed }) => seed),
    lines.join('\n'),
  ).toEqual([]);
  expect(results).toHaveLength(runs);
  // A run in which nothing goes wrong proves nothing.
  if (runs < 30) return;
  for (const trouble of [
    ...['late request landed', 'freeze', 'worker killed', 'retried by hand', 'job removed'],
    ...['job duplicated', 'ingest died', 'Redis went back', 'connections cut', 'operator hold'],
  ]) {
    // The rarest of them come by chance and by the pace of the machine: a few times in 30 runs.
    expect(counts.get(trouble) ?? 0, trouble).toBeGreaterThan(0);
  }
});
