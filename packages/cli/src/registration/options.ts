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

/** Reads a share of an option that is given in percent. */
export function percent(text: string): number {
  const value = Number(text.replace(/%$/, ''));
  if (!/^\d+(\.\d+)?%?$/.test(text) || value <= 0 || value > 100) {
    throw new InvalidArgumentError('It must be above 0 and at most 100.');
  }
  return value;
}
