import { createInterface } from 'node:readline/promises';
import { EXIT } from '../exit-code.ts';
import { CommandError } from '../load.ts';

/**
 * Refuses where nobody can be asked and `--yes` was not given: a script has to say what it means.
 * @throws CommandError (exit 2)
 */
export function mustBeAskable(yes: boolean | undefined): void {
  if (yes || (process.stdin.isTTY && process.stderr.isTTY)) return;
  throw new CommandError(
    'This asks before it goes on, and nobody can be asked here: add --yes.',
    EXIT.usage,
  );
}

/** Asks before something that cannot be taken back; see {@link mustBeAskable}. */
export async function confirmed(question: string, yes: boolean | undefined): Promise<boolean> {
  mustBeAskable(yes);
  if (yes) return true;
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
