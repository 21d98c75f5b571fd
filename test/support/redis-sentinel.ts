import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort, startRedis, type TestRedis } from './redis.ts';
import { type TestCertificates, tlsArguments } from './redis-tls.ts';
import { until } from './until.ts';

/** Servers and the sentinels that watch over them; `url` names the sentinels. */
export interface TestSentinels extends TestRedis {
  /** The server that the sentinels call master now. */
  master(): Promise<TestRedis>;
  /** From now on the replica, which is returned, hears nothing more of the master, which does not know that. */
  cutReplication(): Promise<TestRedis>;
}

const NAME = 'intel';
/** Silence after which a sentinel takes a server for gone, in ms. */
const DOWN_AFTER_MS = 700;

/**
 * A master, a replica and three sentinels, of which two have to agree.
 * @param certificates all of them speak TLS, to each other too
 */
export async function startSentinels(certificates?: TestCertificates): Promise<TestSentinels> {
  const directory = mkdtempSync(join(tmpdir(), 'xsoar-intel-sentinel-'));
  const tls = certificates ? [...tlsArguments(certificates), '--tls-replication', 'yes'] : [];
  const ca = certificates ? readFileSync(certificates.caFile, 'utf8') : null;
  /** The port that the others use; the test itself looks in by the plain one. */
  const ports = new Map<TestRedis, number>();
  async function startServer(args: readonly string[]): Promise<TestRedis> {
    const tlsPort = certificates ? await freePort() : null;
    const own = tlsPort === null ? [] : [...tls, '--tls-port', String(tlsPort)];
    const server = await startRedis([...own, ...args]);
    ports.set(server, tlsPort ?? server.port);
    return server;
  }
  const first = await startServer([]);
  const firstPort = ports.get(first) ?? 0;
  const second = await startServer(['--replicaof', `127.0.0.1 ${firstPort}`]);
  const servers = [first, second];
  const sentinelPorts = await Promise.all([freePort(), freePort(), freePort()]);
  const sentinels: ChildProcess[] = sentinelPorts.map((port) => {
    const file = join(directory, `${port}.conf`);
    // A sentinel writes into its file what it learns.
    writeFileSync(
      file,
      [
        ...(certificates ? ['port 0', `tls-port ${port}`, ...fileLines(tls)] : [`port ${port}`]),
        ...['bind 127.0.0.1', `dir ${directory}`, 'loglevel warning'],
        `sentinel monitor ${NAME} 127.0.0.1 ${firstPort} 2`,
        `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
        `sentinel failover-timeout ${NAME} 4000`,
        '',
      ].join('\n'),
    );
    return spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  });
  const clients = sentinelPorts.map((port) => {
    const client = new Redis({
      ...{ port, host: '127.0.0.1', retryStrategy: () => 30 },
      ...(ca === null ? {} : { tls: { ca } }),
    });
    client.on('error', () => {});
    return client;
  });
  const [asked] = clients;

  async function master(): Promise<TestRedis> {
    const address = await asked?.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME);
    const port = Number(Array.isArray(address) ? address[1] : 0);
    const found = servers.find((server) => ports.get(server) === port);
    if (!found) throw new Error(`the sentinels name a master at port ${port}`);
    return found;
  }

  async function replicas(): Promise<number> {
    const { url } = await master();
    const client = new Redis(url, { retryStrategy: () => null });
    client.on('error', () => {});
    try {
      const info = await client.info('replication').catch(() => '');
      return (info.match(/state=online/g) ?? []).length;
    } finally {
      client.disconnect();
    }
  }

  await until('each sentinel knows the others and the replica', async () => {
    const known = await Promise.all(
      clients.map(async (client) => {
        const fields = await client.call('SENTINEL', 'MASTER', NAME);
        const list = Array.isArray(fields) ? fields.map(String) : [];
        const fieldOf = (field: string) => list[list.indexOf(field) + 1];
        return fieldOf('num-other-sentinels') === '2' && fieldOf('num-slaves') === '1';
      }),
    );
    return known.every(Boolean) && (await replicas()) === 1;
  });

  return {
    url: `${certificates ? 'rediss' : 'redis'}+sentinel://${sentinelPorts.map((port) => `127.0.0.1:${port}`).join(',')}/${NAME}`,
    port: sentinelPorts[0] ?? 0,
    ...(certificates && ca !== null ? { caFile: certificates.caFile, ca } : {}),
    master,
    async cutReplication() {
      const replica = new Redis(second.url);
      try {
        // A password where none is asked for: the replica can connect no more.
        await replica.config('SET', 'masterauth', 'nobody asks for this');
        await replica.call('CLIENT', 'KILL', 'TYPE', 'master');
      } finally {
        replica.disconnect();
      }
      return second;
    },
    freeze(frozen) {
      for (const server of servers) server.freeze(frozen);
    },
    kill: async () => void (await Promise.all(servers.map((server) => server.kill()))),
    start: async () => void (await Promise.all(servers.map((server) => server.start()))),
    async stop() {
      for (const client of clients) client.disconnect();
      await Promise.all(
        sentinels.map(async (sentinel) => {
          const gone = new Promise((resolve) => sentinel.once('exit', resolve));
          if (sentinel.exitCode === null && sentinel.kill('SIGKILL')) await gone;
        }),
      );
      await Promise.all(servers.map((server) => server.stop()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Options of a command line as lines of a file. */
const fileLines = (args: readonly string[]): string[] =>
  args
    .join(' ')
    .split('--')
    .flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
