import type { Command } from 'commander';
import { count, type Finish, withConfig } from './options.ts';

/** Options that choose dead letters. */
function withFilters(command: Command): Command {
  return withConfig(command)
    .option('--reason <reasons>', 'with these reasons (rejected, attempts-exhausted...; commas)')
    .option('--status <statuses>', 'with these HTTP statuses (400, 5xx, none; commas)')
    .option('--older-than <duration>', 'dead for at least so long (30m, 2h, P7D)')
    .option('--entity <id>', 'of this entity');
}

/** Options of the commands that change many. */
function withChoice(command: Command): Command {
  return withFilters(command.argument('[ids...]', 'ids of jobs or entities'))
    .option('--all', 'all of them')
    .option('--limit <n>', 'the oldest so many of those', count)
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--json', 'a JSON object, for programs');
}

/** The commands for what could not be delivered. */
export function registerDeadLetters(program: Command, finish: Finish): void {
  const letters = program
    .command('dead-letters')
    .description('look at, retry or give up what could not be delivered');
  withFilters(letters.command('list'))
    .description('list dead letters, the newest first')
    .option('--limit <n>', 'so many (20)', count)
    .option('--all', 'all of them')
    .option('--json', 'a JSON object a line, for programs')
    .action(async (options) =>
      finish(await (await import('../commands/operate/dead-letters/list.ts')).list(options)),
    );
  withConfig(letters.command('show'))
    .description('show one: why it is dead, what XSOAR answered, what to do')
    .argument('<id>', 'of its job or of its entity')
    .option('--json', 'a JSON object, for programs')
    .action(async (id, options) =>
      finish(await (await import('../commands/operate/dead-letters/show.ts')).show(id, options)),
    );
  withChoice(letters.command('retry'))
    .description('push the newest states again, with all attempts')
    .action(async (ids, options) =>
      finish(await (await import('../commands/operate/dead-letters/retry.ts')).retry(ids, options)),
    );
  withChoice(letters.command('discard'))
    .description('give states up: nothing brings them back but a newer event')
    .option('-y, --yes', 'do not ask')
    .action(async (ids, options) =>
      finish(
        await (await import('../commands/operate/dead-letters/discard.ts')).discard(ids, options),
      ),
    );
  withFilters(letters.command('export').argument('[ids...]', 'ids of jobs or entities'))
    .description('write dead letters and their states as NDJSON')
    .option('--limit <n>', 'the oldest so many of those', count)
    .option('-o, --output <file>', 'a new file, readable by its owner only, instead of the output')
    .action(async (ids, options) =>
      finish(
        await (await import('../commands/operate/dead-letters/export.ts')).exportLetters(
          ids,
          options,
        ),
      ),
    );
  withConfig(letters.command('import'))
    .description('deliver the states of an export, where nothing newer is known')
    .argument('<file>', 'NDJSON of an export, - for standard input')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--json', 'a JSON object, for programs')
    .action(async (file, options) =>
      finish(
        await (await import('../commands/operate/dead-letters/import.ts')).importLetters(
          file,
          options,
        ),
      ),
    );
}
