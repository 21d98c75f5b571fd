import {
  type ConfigNote,
  type ConfigOf,
  loadConfig,
  type Role,
  type VariableName,
} from '@xsoar-intel/config';
import { EXIT } from './exit-code.ts';

/** Thrown to end the command with a message for the person at the terminal and an exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A configuration that works, and what is worth knowing about it. */
export interface Loaded<R extends Role> {
  config: ConfigOf<R>;
  notes: readonly ConfigNote[];
  /** A variable's value as it may be shown; null when unset. */
  shown(name: VariableName): string | null;
}

/**
 * The configuration of a role, or of several, from environment and `config.yml`. Throws a
 * CommandError (exit 78) that lists every mistake at once.
 */
export function loadFor<R extends Role>(
  role: R | readonly R[],
  configFile: string | undefined,
): Loaded<R> {
  const loaded = loadConfig(role, {
    env: process.env,
    cwd: process.cwd(),
    ...(configFile === undefined ? {} : { configFile }),
  });
  if (loaded.ok) {
    const { config, notes, settings } = loaded;
    const shown = (name: VariableName): string | null =>
      settings.find(({ variable }) => variable.name === name)?.shown ?? null;
    return { config, notes, shown };
  }
  const count = loaded.problems.length;
  const lines = loaded.problems.map((problem) => `  ${problem.message}`);
  throw new CommandError(
    [
      `The configuration has ${count === 1 ? 'a mistake' : `${count} mistakes`}:`,
      ...lines,
      'All variables are described in docs/configuration.md; "xsoar-intel check" looks at them all.',
    ].join('\n'),
    EXIT.config,
  );
}
