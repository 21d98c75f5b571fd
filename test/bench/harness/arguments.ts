import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Context, Size } from './scenario.ts';

/** What the command line asks for. */
export interface BenchArguments {
  /** Names of scenarios in the order given; empty: all. */
  scenarios: string[];
  runs: number;
  size: Size;
  /** Variables for the processes under measurement. */
  environment: Context['environment'];
  /** Where the JSON goes. */
  json: string | null;
  help: boolean;
}

/** Shown for `--help` and after a mistake. */
export const USAGE =
  'npm run bench -- [scenario …] [--runs 3] [--quick] [--json out.json]\n' +
  '                 [--worker NAME=VALUE …] [--ingest NAME=VALUE …] [--profile folder]\n' +
  '  --quick  one run of each, with smaller counts\n' +
  '  --smoke  tiny counts: only whether everything runs\n' +
  '  --worker, --ingest  variables for these processes, to compare settings\n' +
  '  --profile  a CPU profile of every process under measurement; it makes them slower';

function variablesOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const [, name, value] = /^([A-Z_]+)=(.*)$/s.exec(text) ?? [];
      if (name === undefined || value === undefined) {
        throw new Error(`"${text}" is no variable; write NAME=VALUE`);
      }
      return [name, value];
    }),
  );
}

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
      worker: { type: 'string', multiple: true, default: [] },
      ingest: { type: 'string', multiple: true, default: [] },
      profile: { type: 'string' },
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
  const folder = values.profile === undefined ? null : resolve(values.profile);
  const profiled = (command: string): Record<string, string> =>
    folder === null ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}/${command}` };
  return {
    scenarios: positionals,
    runs,
    size,
    environment: {
      ingest: { ...profiled('ingest'), ...variablesOf(values.ingest) },
      worker: { ...profiled('worker'), ...variablesOf(values.worker) },
      board: profiled('board'),
    },
    json: values.json ?? null,
    help: values.help,
  };
}
