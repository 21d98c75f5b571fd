import { type Command, InvalidArgumentError } from 'commander';

/** Takes the exit code of a command that has ended. */
export type Finish = (code: number) => void;

/** Adds the option that every command with a configuration has. */
export function withConfig(command: Command): Command {
  return command.option('--config <file>', 'config.yml to read beside the environment');
}

/** Reads a whole number of an option. */
export function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  }
  return value;
}
