/** Writes of a run, refused once another process has its office. */
import type { Redis } from '../queue/connection.ts';
import { loadScript } from '../queue/script.ts';
import { LostRunError } from './errors.ts';

/** By what a process shows that it still has the office: the key, and the token that it put there. */
export interface Fence {
  key: string;
  token: string;
}

/** A command to Redis: its name, its one key, its arguments. */
export type Command = readonly [name: string, key: string, ...args: string[]];

/**
 * Commands that are done together or not at all. A process that was frozen for longer than its
 * office lasts finds another's token there, or none, and must not overwrite its successor's place.
 * @param fence null: nobody else is about
 * @throws LostRunError where the office is another's by now
 */
export function createFenced(
  redis: Redis,
  fence: Fence | null,
): (commands: readonly Command[]) => Promise<void> {
  const script = loadScript(redis, 'fenced');
  return async (commands) => {
    const keys = [...new Set(commands.map(([, key]) => key))];
    const done = await script(
      [...(fence === null ? [] : [fence.key]), ...keys],
      [fence?.token ?? '', ...commands.flatMap((command) => [command.length, ...command])],
    );
    if (done !== 1) throw new LostRunError('another process reconciles now: this one was too slow');
  };
}
