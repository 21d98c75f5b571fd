import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../node_modules/.bin/', import.meta.url));

/** The path of the command. */
export const xsoarIntel = `${bin}xsoar-intel`;

/** What a command came to. */
export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** How a command is run. */
export interface RunOptions {
  input?: string;
  /** Beside PATH; nothing else of the environment is passed on. */
  env?: Record<string, string>;
  cwd: string;
}

/** Runs a program to its end, with nothing of this process's environment but where programs are. */
export async function run(program: string, args: string[], options: RunOptions): Promise<Ran> {
  const { input = '', env = {}, cwd } = options;
  const path = `${bin}:${process.env.PATH ?? ''}`;
  const child = spawn(program, args, { cwd, env: { PATH: path, ...env } });
  // A program may end without reading its input.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }),
  ]);
  return { code, stdout, stderr };
}
