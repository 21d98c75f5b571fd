import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Calls } from '../processes/serve.ts';
import { endAtExit } from './cleanup.ts';

/** A program of the bench's own (a simulator, a load) in a process of its own. */
export interface Program<C> {
  readonly pid: number;
  call<N extends keyof C & string>(
    name: N,
    argument: C[N] extends (argument: infer A) => unknown ? A : never,
  ): Promise<C[N] extends (argument: never) => infer R ? Awaited<R> : never>;
  close(): Promise<void>;
}

interface Reply {
  id: number;
  result?: unknown;
  error?: string;
}

/** Starts `processes/<name>.ts`; resolves when it answers calls. */
export async function startProgram<C extends { [N in keyof C]: Calls[string] }>(
  name: string,
): Promise<Program<C>> {
  const file = fileURLToPath(new URL(`../processes/${name}.ts`, import.meta.url));
  const child = fork(file, {
    execArgv: ['--max-semi-space-size=32'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} did not start`);
  const forget = endAtExit(() => child.kill('SIGKILL'));
  const open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let last = 0;
  const gone = once(child, 'exit').then(() => {
    forget();
    for (const { reject } of open.values()) reject(new Error(`${name} has ended`));
    open.clear();
  });
  const ready = new Promise<unknown>((resolve, reject) => open.set(0, { resolve, reject }));
  child.on('message', ({ id, result, error }: Reply) => {
    const waiting = open.get(id);
    open.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(`${name}: ${error}`));
  });
  await ready;
  return {
    pid,
    call(call, argument) {
      last += 1;
      const id = last;
      const answer = new Promise<unknown>((resolve, reject) => open.set(id, { resolve, reject }));
      child.send({ id, name: call, argument });
      return answer as never;
    },
    async close() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}
