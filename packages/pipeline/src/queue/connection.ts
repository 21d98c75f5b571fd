import { getCACertificates } from 'node:tls';
import { Redis as Client, Cluster } from 'ioredis';
import { explainRedisError } from './connection-error.ts';
import { joinWrites } from './join-writes.ts';
import { tellSilence } from './silent-server.ts';

/** A connection to a Redis, a Sentinel-managed Redis or a Redis Cluster. */
export type Redis = Client | Cluster;

/** How Redis is reached: its `REDIS_URL` alone, or with what TLS needs. */
export type RedisAddress =
  | string
  | {
      readonly url: string;
      /** False: any certificate will do. */
      readonly sslVerify: boolean;
      /** Certificates in PEM, trusted besides the public ones. */
      readonly ca: string | null;
    };

/** Where Redis is: `REDIS_URL`, taken apart. */
export type RedisTarget =
  | { kind: 'single'; url: string }
  | { kind: 'sentinel'; sentinels: { host: string; port: number }[]; master: string; url: URL }
  | { kind: 'cluster'; urls: URL[] };

/**
 * Takes `REDIS_URL` apart: `redis://`, `rediss://` (TLS),
 * `redis+sentinel://[user:password@]host:26379,host2/master[/db]` (`rediss+sentinel://`:
 * TLS to sentinels and servers), or a comma list of redis URLs (a cluster's first nodes). Throws an Error that never
 * contains the password.
 */
export function parseRedisUrl(text: string): RedisTarget {
  if (text.startsWith('redis+sentinel://') || text.startsWith('rediss+sentinel://')) {
    const rest = text.slice(text.indexOf('://') + 3);
    const at = rest.lastIndexOf('@');
    const slash = rest.indexOf('/', at + 1);
    const hosts = rest.slice(at + 1, slash < 0 ? undefined : slash);
    const [master = 'mymaster', db = '0'] = slash < 0 ? [] : rest.slice(slash + 1).split('/');
    const scheme = text.startsWith('rediss') ? 'rediss' : 'redis';
    const url = new URL(`${scheme}://${at < 0 ? '' : rest.slice(0, at + 1)}sentinel/${db || '0'}`);
    const sentinels = hosts.split(',').map((host) => {
      const [name = '', port = '26379'] = host.split(':');
      return { host: name, port: Number(port) };
    });
    return { kind: 'sentinel', sentinels, master: master || 'mymaster', url };
  }
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length === 1) return { kind: 'single', url: text };
  return { kind: 'cluster', urls: parts.map((part) => new URL(part)) };
}

/** Waits between reconnects grow to two seconds: a restarted Redis is found again soon. */
const LONGEST_RETRY_MS = 2_000;
const retryStrategy = (times: number): number =>
  Math.min(50 * 2 ** Math.min(times, 6), LONGEST_RETRY_MS);

/**
 * Opens a connection. Commands wait for as long as Redis is away (they are
 * idempotent scripts, so a resend is harmless) and the reconnect never gives up.
 * @param name shown by CLIENT LIST, e.g. `ingest`
 * @param onError told of each lost connection, each failed reconnect, and what makes commands wait
 *   although the server is there
 */
export function connectRedis(
  address: RedisAddress,
  name: string,
  onError: (error: Error) => void,
): Redis {
  const tell = (error: Error) => onError(explainRedisError(error, isTls(address)));
  const redis = openRedis(address, name, tell);
  redis.on('error', tell);
  tellSilence(redis, tell);
  joinWrites(redis);
  return redis;
}

/** Whether the address asks for TLS. */
export function isTls(address: RedisAddress): boolean {
  return /^rediss/i.test(typeof address === 'string' ? address : address.url);
}

/** What Node's TLS is told; a private authority stands beside the public ones. */
function tlsOptions(address: RedisAddress): { rejectUnauthorized?: boolean; ca?: string[] } {
  if (typeof address === 'string') return {};
  if (!address.sslVerify) return { rejectUnauthorized: false };
  return address.ca === null ? {} : { ca: [...getCACertificates('default'), address.ca] };
}

/** Refusals that pass: of a replica that is to be master, or was, and of a server that loads its data set. */
const PASSING = /^(READONLY|LOADING)\b/;

function openRedis(address: RedisAddress, name: string, tell: (error: Error) => void): Redis {
  const target = parseRedisUrl(typeof address === 'string' ? address : address.url);
  const tls = tlsOptions(address);
  const options = {
    connectionName: `xsoar-intel:${name}`,
    maxRetriesPerRequest: null,
    retryStrategy,
    // Connect again, to where the address leads now, and send what was refused again; ioredis says no
    // word of that.
    reconnectOnError(error: Error): false | 2 {
      if (!PASSING.test(error.message)) return false;
      tell(error);
      return 2;
    },
    maxLoadingRetryTime: LONGEST_RETRY_MS,
  };
  if (target.kind === 'single') {
    // ioredis would take any `tls` for a wish for TLS.
    const wanted = /^rediss:/i.test(target.url) ? { tls } : {};
    return new Client(target.url, { ...options, ...wanted });
  }
  if (target.kind === 'sentinel') {
    const { url: login } = target;
    return new Client({
      ...options,
      sentinels: target.sentinels,
      name: target.master,
      db: Number(login.pathname.slice(1) || 0),
      // A master that was cut off still answers: the sentinels' word ends its connections.
      failoverDetector: true,
      ...(login.username ? { username: decodeURIComponent(login.username) } : {}),
      ...(login.password ? { password: decodeURIComponent(login.password) } : {}),
      ...(login.protocol === 'rediss:'
        ? { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }
        : {}),
    });
  }
  const [first] = target.urls;
  return new Cluster(
    target.urls.map((node) => ({ host: node.hostname, port: Number(node.port || 6379) })),
    {
      clusterRetryStrategy: retryStrategy,
      redisOptions: {
        connectionName: options.connectionName,
        maxRetriesPerRequest: options.maxRetriesPerRequest,
        maxLoadingRetryTime: options.maxLoadingRetryTime,
        ...(first?.username ? { username: decodeURIComponent(first.username) } : {}),
        ...(first?.password ? { password: decodeURIComponent(first.password) } : {}),
        ...(first?.protocol === 'rediss:' ? { tls } : {}),
      },
    },
  );
}

/** What a Redis must be for the promise to hold, and how far this one is from it. */
export interface RedisVerdict {
  version: string;
  /** Reasons not to start. */
  errors: string[];
  /** Conditions of the promise that are not met. */
  warnings: string[];
}

/** Looks at version, eviction policy and append-only file. */
export async function inspectRedis(redis: Redis): Promise<RedisVerdict> {
  const info = new Map<string, string>();
  for (const line of (await redis.info()).split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) info.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const version = info.get('redis_version') ?? 'unknown';
  const errors: string[] = [];
  const warnings: string[] = [];
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 6 || (major === 6 && minor < 2)) {
    errors.push(`Redis ${version} is too old: 6.2 or newer is needed (ZADD LT).`);
  }
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') {
    errors.push(
      `Redis evicts keys (maxmemory-policy ${policy}), so it may drop events: set maxmemory-policy noeviction.`,
    );
  }
  if (info.get('aof_enabled') === '0') {
    warnings.push(
      'Redis has no append-only file: what it holds is lost when it stops. Set appendonly yes.',
    );
  }
  return { version, errors, warnings };
}
