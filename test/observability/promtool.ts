import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { findProgram } from '../support/find-program.ts';
import { root } from './files.ts';

/** Whether there is none, which is said once a file. */
export const promtoolIsMissing = findProgram('promtool') === null;
if (promtoolIsMissing) {
  process.stderr.write(
    'promtool is not on the PATH (it is part of Prometheus): rules and queries are not evaluated\n',
  );
}

/** Runs it in the folder of the workspace. */
export function promtool(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync('promtool', args, { cwd: root, encoding: 'utf8', timeout: 60_000 });
}
