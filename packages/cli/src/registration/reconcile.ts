import type { Command } from 'commander';
import { count, type Finish, percent, withConfig } from './options.ts';

/** The commands that compare XSOAR with OpenCTI. */
export function registerReconcile(program: Command, finish: Finish): void {
  withConfig(program.command('reconcile'))
    .description('compare all that XSOAR holds with OpenCTI; with --apply also repair it')
    .option('--dry-run', 'only compare; the default')
    .option('--apply', 'deliver again what differs, and delete what is too many')
    .option('--sample <n>', 'compare about so many indicators', count)
    .option('--percent <p>', 'compare this share of the indicators', percent)
    .option('--since <when>', 'only what changed since (a date, or P7D, 12h); nothing is too many')
    .option(
      '--former-source <name>',
      'what XSOAR_SOURCE was before: what was written under it is ours, too; several times for more',
      (name: string, before: string[] = []) => [...before, name],
    )
    .option('--restart', 'begin anew instead of going on with a run that was stopped')
    .option('-y, --yes', 'do not ask before many deletes')
    .option('--json', 'the report as a JSON object, for programs')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing differs, or all of it is being repaired; 1 otherwise; 78 wrong configuration.',
    )
    .action(async (options) =>
      finish(await (await import('../commands/reconcile/reconcile.ts')).reconcile(options)),
    );
  withConfig(program.command('audit'))
    .description('follow one indicator from OpenCTI to XSOAR, with a verdict in words')
    .argument('<indicator>', 'its id in OpenCTI, internal or STIX')
    .option('--json', 'a JSON object, for programs')
    .addHelpText('after', '\nExit codes: 0 right or on its way, 1 wrong, 78 wrong configuration.')
    .action(async (id, options) =>
      finish(await (await import('../commands/audit/audit.ts')).audit(id, options)),
    );
}
