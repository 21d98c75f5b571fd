import type { Command } from 'commander';
import { type Finish, withConfig } from './options.ts';

/** The command that shows a mapping. */
export function registerExplain(program: Command, finish: Finish): void {
  program.commandsGroup('Indicators:');
  withConfig(program.command('explain'))
    .description('show what becomes of an indicator in XSOAR, and why')
    .argument(
      '<what>',
      'a file (indicator, bundle, stream event, list or NDJSON), - for standard input, a STIX pattern, or an OpenCTI id',
    )
    .option('--json', 'a JSON object a line, for programs')
    .option('--all', 'the details of every indicator, and every line of them')
    .action(async (what, options) =>
      finish(await (await import('../commands/explain/explain.ts')).explain(what, options)),
    );
}
