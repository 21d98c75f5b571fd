import { open } from 'node:fs/promises';
import { type DeadLetter, type SlotState, words } from '@xsoar-intel/pipeline';
import { CommandError } from '../../../load.ts';
import { createOutput } from '../../../terminal/output.ts';
import { visible } from '../../../terminal/visible.ts';
import { type OperatorOptions, withSession } from '../session.ts';
import { type ChoiceOptions, choose } from './choice.ts';
import { jsonOf } from './json.ts';
import { storeOf } from './store.ts';
import { workThrough } from './work.ts';

/** Options of `dead-letters export`. */
export interface ExportOptions extends OperatorOptions, ChoiceOptions {
  output?: string;
}

/**
 * `xsoar-intel dead-letters export`: NDJSON, a dead letter a line with the state that was not
 * delivered, as `import` takes it.
 */
export function exportLetters(names: readonly string[], options: ExportOptions): Promise<number> {
  const { output } = options;
  // Everything is meant unless something is said: an export changes nothing.
  const filtered = [options.reason, options.status, options.olderThan, options.entity];
  const all = names.length === 0 && filtered.every((given) => given === undefined);
  return withSession(options, async (session) => {
    const store = storeOf(session);
    const choice = await choose(store, names, { ...options, all });
    const target = output === undefined ? toStdout() : await toFile(output);
    const worked = await workThrough(store, choice, 'exported', async (letters) => {
      const states = await store.states(letters.map(({ entityId }) => entityId));
      return target.write(
        letters.map((letter, at) => JSON.stringify(exported(letter, states[at] ?? null))),
      );
    });
    await target.end();
    const where = output === undefined ? '' : ` to ${visible(output)}`;
    const what = words.counted(worked.done, 'dead letter', 'dead letters');
    process.stderr.write(
      `Exported ${what}${where}${worked.interrupted ? ', then interrupted' : ''}.\n`,
    );
    return worked.interrupted ? 1 : 0;
  });
}

/** One line of an export. */
function exported(letter: DeadLetter, state: SlotState | null) {
  return { kind: 'dead-letter', ...jsonOf(letter), state };
}

interface Target {
  /** False when nobody reads any more. */
  write(lines: readonly string[]): Promise<boolean>;
  end(): Promise<void>;
}

function toStdout(): Target {
  const output = createOutput(process.stdout);
  return {
    async write(lines) {
      for (const line of lines) output.line(line);
      return output.room();
    },
    end: output.flush,
  };
}

/** A new file that only its owner may read: it holds intelligence. */
async function toFile(path: string): Promise<Target> {
  try {
    const file = await open(path, 'wx', 0o600);
    return {
      async write(lines) {
        await file.appendFile(lines.map((line) => `${line}\n`).join(''));
        return true;
      },
      end: () => file.close(),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`Cannot write ${visible(path)}: ${visible(reason)}`);
  }
}
