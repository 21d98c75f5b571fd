import type { Command } from 'commander';
import { type Finish, withConfig } from './options.ts';

/** The long-running commands, and the one that asks after them. */
export function registerServices(program: Command, finish: Finish): void {
  program.commandsGroup('Services:');
  withConfig(program.command('ingest').description('read the live stream into Redis')).action(
    async (options) => finish(await (await import('../commands/ingest.ts')).ingest(options)),
  );
  withConfig(program.command('worker').description('push what is in Redis to XSOAR')).action(
    async (options) => finish(await (await import('../commands/worker.ts')).worker(options)),
  );
  withConfig(program.command('board').description('serve the status page and Bull Board')).action(
    async (options) => finish(await (await import('../commands/board.ts')).board(options)),
  );
  withConfig(program.command('health'))
    .description('ask the ingest, worker or board of this machine whether it is alive')
    .option('--ready', 'ask whether it is ready, and if not, why', false)
    .action(async (options) =>
      finish(await (await import('../commands/health.ts')).health(options)),
    );
}
