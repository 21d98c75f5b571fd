import type { Command } from 'commander';
import { type Finish, withConfig } from './options.ts';

/** What one runs before the services. */
export function registerSetup(program: Command, finish: Finish): void {
  program.commandsGroup('Setting up:');
  withConfig(program.command('check'))
    .description('look at the configuration: every mistake, and what is in effect')
    .option(
      '--role <role>',
      'ingest, worker, board, operator, explain; all is the first three',
      'all',
    )
    .option('--json', 'a JSON object, for programs')
    .action(async (options) =>
      finish(await (await import('../commands/operate/check.ts')).check(options)),
    );
  withConfig(program.command('doctor'))
    .description('ask Redis, OpenCTI and XSOAR whether this configuration works with them')
    .option('--write', 'also create an indicator in XSOAR and delete it again')
    .option(
      '--xsoar-write-probe',
      'also find out, by some thirty requests about two .invalid domains, how this XSOAR treats ids, versions, duplicates and deletes; workers adapt to it',
    )
    .option('--json', 'a JSON object, for programs')
    .action(async (options) =>
      finish(await (await import('../commands/operate/doctor/doctor.ts')).doctor(options)),
    );
}
