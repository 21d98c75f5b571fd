import type { DeadLetter, DeadLetterStore } from '@xsoar-intel/pipeline';
import { EXIT } from '../../../exit-code.ts';
import { CommandError } from '../../../load.ts';
import { visible } from '../../../terminal/visible.ts';
import { type Filter, type FilterOptions, filterOf } from './filter.ts';

/** Options of the commands that change many dead letters at once. */
export interface ChoiceOptions extends FilterOptions {
  all?: boolean;
  limit?: number;
}

/** Which dead letters a command works on. */
export interface Choice {
  /** The oldest first. */
  jobIds: string[];
  filter: Filter | null;
  limit: number;
}

/**
 * What was chosen: by name, by filter, or all. Nothing is chosen by saying nothing.
 * @throws CommandError when nothing or two things were said, or a name is none
 */
export async function choose(
  store: DeadLetterStore,
  names: readonly string[],
  options: ChoiceOptions,
): Promise<Choice> {
  const filter = filterOf(options, Date.now());
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  if (names.length > 0) {
    if (filter !== null || options.all) {
      throw new CommandError(
        'Name dead letters, or choose them by filters or --all: not both.',
        EXIT.usage,
      );
    }
    const letters = await Promise.all(names.map((name) => findOne(store, name)));
    return { jobIds: [...new Set(letters.map(({ jobId }) => jobId))], filter, limit };
  }
  if (filter === null && !options.all) {
    throw new CommandError(
      'Say which: ids of jobs or entities, --reason, --status, --older-than, --entity, or --all.',
      EXIT.usage,
    );
  }
  return { jobIds: await store.all(), filter, limit };
}

/** A dead letter by the id of its job or entity; throws a CommandError where there is none. */
export async function findOne(store: DeadLetterStore, name: string): Promise<DeadLetter> {
  const letter = await store.find(name);
  if (letter !== null) return letter;
  throw new CommandError(
    `${visible(name)} is neither the job nor the entity of a dead letter ("xsoar-intel dead-letters list" shows them).`,
  );
}
