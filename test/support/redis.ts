import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A Redis of a test's own: append-only file, own directory, free port. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** File with the authority of its certificate, and its text; where `url` says TLS. */
  readonly caFile?: string;
  readonly ca?: string;
  /** SIGKILL, as a crash does, or SIGTERM, on which it writes down what it has. */
  kill(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** SIGSTOP: it answers nothing, and its connections stay; `false` lets it go on. */
  freeze(frozen: boolean): void;
  /** Starts it again on the same port and directory. */
  start(): Promise<void>;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
}

/** A user with a password. */
export interface TestLogin {
  readonly user: string;
  readonly password: string;
}

/** Rules of ACL for a user who may do with our keys what the documentation says, and no more. */
export const ownKeysOnly = ({ user, password }: TestLogin): string[] => [
  ...[user, 'on', `>${password}`, '~{xsoar-intel:*', '+@all', '-@dangerous', '+info'],
];

/** The same way in, as a user. */
export const asUser = (url: string, { user, password }: TestLogin): string =>
  url.replace('://', `://${user}:${encodeURIComponent(password)}@`);

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

/** Starts a redis-server; `args` are added to its command line, `onSpawn` is told of each process. */
export async function startRedis(
  args: readonly string[] = [],
  onSpawn: (server: ChildProcess, directory: string) => void = () => {},
): Promise<TestRedis> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'xsoar-intel-redis-'));
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const server = spawn(
      'redis-server',
      [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', ''],
        ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--loglevel', 'warning'],
        ...args,
      ],
      { stdio: 'ignore' },
    );
    child = server;
    onSpawn(server, directory);
    const probe = new Redis(url, { retryStrategy: () => 30, maxLoadingRetryTime: 100 });
    probe.on('error', () => {});
    try {
      await probe.ping();
    } finally {
      probe.disconnect();
    }
  }

  async function kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const running = child;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await gone;
  }

  await start();
  return {
    url,
    port,
    kill,
    freeze: (frozen) => void child?.kill(frozen ? 'SIGSTOP' : 'SIGCONT'),
    start,
    async stop() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
