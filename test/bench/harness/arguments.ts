import { parseArgs } from 'node:util';
import type { Size } from './scenario.ts';

/** What the command line asks for. */
export interface BenchArguments {
  /** Names of scenarios in the order given; empty: all. */
  scenarios: string[];
  runs: number;
  size: Size;
  /** Where the JSON goes. */
  json: string | null;
  help: boolean;
}

/** Shown for `--help` and after a mistake. */
export const USAGE =
  'npm run bench -- [scenario …] [--runs 3] [--quick] [--json out.json]\n' +
  '  --quick  one run of each, with smaller counts\n' +
  '  --smoke  tiny counts: only whether everything runs';

/** Reads the arguments; throws an Error that says what is wrong with them. */
export function parseArguments(args: readonly string[], known: readonly string[]): BenchArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      runs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  for (const name of positionals) {
    if (!known.includes(name)) {
      throw new Error(`no scenario "${name}"; there are ${known.join(', ')}`);
    }
  }
  const size = values.smoke ? 'smoke' : values.quick ? 'quick' : 'full';
  const runs = Number(values.runs ?? (size === 'full' ? 3 : 1));
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs: needs a whole number above 0');
  return { scenarios: positionals, runs, size, json: values.json ?? null, help: values.help };
}
