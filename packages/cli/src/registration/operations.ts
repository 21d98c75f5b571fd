import type { Command } from 'commander';
import { type Finish, withConfig } from './options.ts';

/** What an operator does from day to day. */
export function registerOperations(program: Command, finish: Finish): void {
  program.commandsGroup('Operations:');
  withConfig(program.command('status'))
    .description('show on one screen whether indicators reach XSOAR, and why not')
    .option('--json', 'a JSON object, for programs')
    .addHelpText('after', '\nExit codes: 0 healthy, 1 degraded, 2 broken, 78 wrong configuration.')
    .action(async (options) =>
      finish(await (await import('../commands/operate/status/status.ts')).status(options)),
    );
}
