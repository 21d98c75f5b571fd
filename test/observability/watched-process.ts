import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from './files.ts';

/** A process whose every byte of output is kept, readable as JSON or not. */
export interface WatchedProcess {
  output(): string;
  stop(): Promise<void>;
}

/** Starts a command of ours with exactly this environment. */
export function watchProcess(
  command: string,
  environment: Readonly<Record<string, string>>,
): WatchedProcess {
  const child = spawn(join(root, 'node_modules/.bin/xsoar-intel'), [command], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = once(child, 'close');
  return {
    output: () => output,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}
