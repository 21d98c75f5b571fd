/** A process of ours under measurement: the command line tool as an operator starts it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machineMs } from '@xsoar-intel/simulator';
import { freePort } from '../../support/redis.ts';
import { until } from '../../support/until.ts';
import { endAtExit } from './cleanup.ts';
import { cpuSeconds, peakRss } from './proc.ts';

const BIN = fileURLToPath(new URL('../../../node_modules/.bin/xsoar-intel', import.meta.url));

/** A process under measurement. */
export interface Subject {
  readonly command: string;
  readonly pid: number;
  /** From the start of the process to its first "ready", in ms. */
  readonly readyMs: number;
  cpuSeconds(): number;
  peakRss(): number;
  /** Ends it in order. */
  stop(): Promise<void>;
}

/** Status of a path of the process' own HTTP server; null while it does not answer. */
function statusOf(port: number, path: string): Promise<number | null> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    asked.on('error', () => resolve(null));
    asked.end();
  });
}

/** Starts `xsoar-intel <command>` and waits until it says that it is ready. */
export async function startSubject(
  command: 'ingest' | 'worker' | 'board',
  { directory, environment }: { directory: string; environment: Record<string, string> },
): Promise<Subject> {
  const port = await freePort();
  const log = `${directory}/${command}-${port}.log`;
  // A file and not a pipe: reading the log would cost this process time while it measures.
  const file = openSync(log, 'w');
  const begun = machineMs();
  const child = spawn(BIN, [command], {
    cwd: directory,
    env: {
      // The Node that runs the bench runs the subject, without a hand-over process between.
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`,
      METRICS_ENABLE: 'true',
      METRICS_ADDR: '127.0.0.1',
      METRICS_PORT: String(port),
      ...environment,
    },
    stdio: ['ignore', file, file],
  });
  closeSync(file);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} did not start`);
  const forget = endAtExit(() => child.kill('SIGKILL'));
  const gone = once(child, 'exit').then(forget);
  await until(
    `${command} is ready`,
    async () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`${command} ended: ${readFileSync(log, 'utf8').slice(-2_000)}`);
      }
      return (await statusOf(port, '/readyz')) === 200;
    },
    { everyMs: 5 },
  );
  const readyMs = machineMs() - begun;
  return {
    command,
    pid,
    readyMs,
    cpuSeconds: () => cpuSeconds(pid),
    peakRss: () => peakRss(pid),
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 30_000);
      await gone;
      clearTimeout(late);
    },
  };
}
