import { createInterface } from 'node:readline/promises';
import { EXIT } from '../../../exit-code.ts';
import { CommandError } from '../../../load.ts';

/**
 * Asks before something that cannot be taken back. Where nobody can be asked `--yes` must have
 * been given: a script has to say what it means.
 */
export async function confirmed(question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CommandError(
      'This asks before it goes on, and nobody can be asked here: add --yes, or look with --dry-run.',
      EXIT.usage,
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    // Ctrl-C or Ctrl-D.
    process.stderr.write('\n');
    return false;
  } finally {
    terminal.close();
  }
}
