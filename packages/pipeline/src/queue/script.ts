import { readFileSync } from 'node:fs';
import type { Redis } from './connection.ts';

/** A Lua script, callable: keys and arguments in, Redis' reply out. */
export type Script = (
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
) => Promise<unknown>;

/**
 * Registers `lua/<name>.lua` with the client. ioredis sends its hash, and its
 * text where Redis does not know it (first call, restarted server). A script is read
 * once for each client, however often it is asked for.
 * @param reply whether texts in a reply come as strings or as Buffers
 */
export function loadScript(redis: Redis, name: string, reply: 'text' | 'bytes' = 'text'): Script {
  const command = `xsoarIntel:${name}`;
  if (!Reflect.has(redis, command)) redis.defineCommand(command, { lua: scriptText(name) });
  // defineCommand adds a method that no type can know of.
  const call: unknown = Reflect.get(redis, reply === 'bytes' ? `${command}Buffer` : command);
  if (typeof call !== 'function') throw new Error(`ioredis did not register the script ${name}`);
  return (keys, args) =>
    Promise.resolve(Reflect.apply(call, redis, [keys.length, ...keys, ...args]));
}

const luaFile = (path: string): string =>
  readFileSync(new URL(`./lua/${path}.lua`, import.meta.url), 'utf8');

/** Lua in Redis has no modules: a line `-- with: <name>` brings `lua/with/<name>.lua` to the front. */
function scriptText(name: string): string {
  const text = luaFile(name);
  const parts = [...text.matchAll(/^-- with: ([a-z-]+)$/gm)].map(([, part = '']) =>
    luaFile(`with/${part}`),
  );
  return [...parts, text].join('');
}

/** A reply that has to be a list; anything else is a defect of the script. */
export function asList(reply: unknown): unknown[] {
  if (!Array.isArray(reply)) throw new Error(`a list was expected from Redis, not ${typeof reply}`);
  return reply;
}
