import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Where and on what figures were measured: none is worth anything without. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  /** Load of the last minute before the bench began: others' work on the machine. */
  load: number;
  node: string;
  redis: string;
  commit: string;
  /** Files differ from the commit. */
  changed: boolean;
  at: string;
}

function said(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: 'utf8', cwd: ROOT, stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
}

/** Describes this machine and this work tree. */
export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1_024 ** 3),
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
    node: process.version,
    redis: /v=(\S+)/.exec(said('redis-server', ['--version']))?.[1] ?? 'unknown',
    commit: said('git', ['rev-parse', '--short', 'HEAD']) || 'unknown',
    changed: said('git', ['status', '--porcelain', '--untracked-files=no']) !== '',
    at: new Date().toISOString(),
  };
}
