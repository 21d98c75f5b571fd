import type { Command } from 'commander';
import { registerDeadLetters } from './dead-letters.ts';
import { type Finish, withConfig } from './options.ts';
import { registerReconcile } from './reconcile.ts';

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
  withConfig(program.command('top'))
    .description('watch rates, backlog and lag; lines instead of a screen in a pipe')
    .option('--interval <duration>', 'time between looks', '1s')
    .option('--once', 'one line after one interval')
    .action(async (options) =>
      finish(await (await import('../commands/operate/top/top.ts')).top(options)),
    );
  registerDeadLetters(program, finish);
  registerCursor(program, finish);
  withConfig(program.command('pause'))
    .description('hold all deliveries until somebody resumes')
    .requiredOption('--reason <text>', 'why, for those who will see it')
    .option('--for <duration>', 'go on by itself after so long (30m, 2h)')
    .option('--json', 'a JSON object, for programs')
    .action(async (options) =>
      finish(await (await import('../commands/operate/hold.ts')).pause(options)),
    );
  withConfig(program.command('resume'))
    .description('let deliveries go on')
    .option('--hold <kind>', 'end a hold of another kind, or all, so that XSOAR is tried at once')
    .option('--json', 'a JSON object, for programs')
    .action(async (options) =>
      finish(await (await import('../commands/operate/hold.ts')).resume(options)),
    );
  withConfig(program.command('resync'))
    .description('deliver indicators again, as they are in OpenCTI now')
    .argument('[indicators...]', 'ids in OpenCTI, internal or STIX')
    .option('--dropped', 'all whose dead letters were dropped, since there were too many')
    .option('--json', 'a JSON object a line, for programs')
    .action(async (ids, options) =>
      finish(await (await import('../commands/operate/resync.ts')).resync(ids, options)),
    );
  registerReconcile(program, finish);
}

function registerCursor(program: Command, finish: Finish): void {
  const cursor = program
    .command('cursor')
    .description('show or change where the stream is read; change it while no ingest runs');
  const changing = (command: Command): Command =>
    withConfig(command)
      .option('--dry-run', 'say what it means, and do nothing')
      .option('-y, --yes', 'do not ask')
      .option('--json', 'a JSON object, for programs');
  withConfig(cursor.command('show'))
    .description('show the last event that is safe in Redis')
    .option('--json', 'a JSON object, for programs')
    .action(async (options) =>
      finish(await (await import('../commands/operate/cursor/cursor.ts')).showCursor(options)),
    );
  const set = changing(cursor.command('set'));
  const parseOptions = set.parseOptions.bind(set);
  // How far back may be written with a minus (-P7D), which commander takes for an option.
  set.parseOptions = (args) => parseOptions(args.map((arg) => arg.replace(/^-(?=P|\d+[a-z])/, '')));
  set
    .description('read on from another place')
    .argument(
      '<place>',
      'an event id (1769938140000-0), a date (2026-01-31T12:00:00Z), or how far back (-P7D, P7D, 12h)',
    )
    .option('--recover', 'let OpenCTI catch up from its database first, for what its stream forgot')
    .action(async (place, options) =>
      finish(
        await (await import('../commands/operate/cursor/cursor.ts')).setCursor(place, options),
      ),
    );
  changing(cursor.command('reset'))
    .description('begin as at the very first start')
    .action(async (options) =>
      finish(await (await import('../commands/operate/cursor/cursor.ts')).resetCursor(options)),
    );
}
