import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis } from '@xsoar-intel/pipeline';

/** A Redis that lives as long as the demo: own directory, free port, append-only file. */
export interface PrivateRedis {
  url: string;
  stop(): Promise<void>;
}

/** A TCP port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Starts one. Throws an Error that says what to do when there is no redis-server. */
export async function startPrivateRedis(): Promise<PrivateRedis> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'xsoar-intel-demo-'));
  const child = spawn(
    'redis-server',
    [
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory],
      ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'],
      ...['--maxmemory-policy', 'noeviction', '--loglevel', 'warning'],
    ],
    // Its own group: Ctrl-C goes to us, and we stop it last.
    { stdio: 'ignore', detached: true },
  );
  const gone = new Promise<Error>((resolve) => {
    child.once('error', resolve);
    child.once('exit', (code) => resolve(new Error(`redis-server ended with ${code}`)));
  });
  const url = `redis://127.0.0.1:${port}`;
  const redis = connectRedis(url, 'demo-start', () => {});
  const started = await Promise.race([redis.ping(), gone]);
  redis.disconnect();
  if (started instanceof Error) {
    await rm(directory, { recursive: true, force: true });
    throw new Error(
      `no Redis for the demo (${started.message}). Install redis-server, or set REDIS_URL.`,
    );
  }
  return {
    url,
    async stop() {
      await endProcess(child, 2_000);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Ends a child: SIGTERM, and SIGKILL when it is still there after `graceMs`. */
export async function endProcess(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(killer);
}
