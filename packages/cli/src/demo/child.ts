import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endProcess, freePort } from './redis-server.ts';

/** A process of ours that the demo started. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Base URL of its metrics and health. */
  readonly metricsUrl: string;
  readonly logFile: string;
  /** Resolves when it ends by itself, with the words for that. */
  readonly died: Promise<string>;
  stop(): Promise<void>;
}

const BIN = fileURLToPath(new URL('../../bin/xsoar-intel.mjs', import.meta.url));

/** Variables of the surrounding shell that a child may see; its configuration is the demo's alone. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'NODE_EXTRA_CA_CERTS'];

/**
 * Starts `xsoar-intel <command>` with this environment. It writes its log to a
 * file in `directory`, which is also its working directory, so that no
 * config.yml lying around is read. Rejects only if no process can be made.
 */
export async function startChild(
  command: string,
  name: string,
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<Child> {
  const port = await freePort();
  const logFile = join(directory, `${name}.log`);
  const log = await open(logFile, 'a');
  const inherited = INHERITED.flatMap((key) => {
    const value = process.env[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  const child: ChildProcess = spawn(process.execPath, [BIN, command], {
    cwd: directory,
    // Its own group: Ctrl-C goes to the demo, which ends its children in order.
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: {
      ...Object.fromEntries(inherited),
      NO_PROXY: '127.0.0.1',
      METRICS_ENABLE: 'true',
      METRICS_ADDR: '127.0.0.1',
      METRICS_PORT: String(port),
      ...environment,
    },
  });
  const died = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`${name} could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(`${name} ended with ${signal ?? code}`));
  });
  await log.close();
  return {
    name,
    pid: child.pid ?? 0,
    metricsUrl: `http://127.0.0.1:${port}`,
    logFile,
    died,
    stop: () => endProcess(child, 15_000),
  };
}

/** The last lines of a child's log. */
export async function lastLines(child: Child, count: number): Promise<string> {
  const text = await readFile(child.logFile, 'utf8');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
