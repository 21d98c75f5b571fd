import { type Redis, words } from '@xsoar-intel/pipeline';
import { visible } from '../../../terminal/visible.ts';
import { within } from '../within.ts';
import { clockFinding } from './clock.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** What INFO says, by field. */
export type RedisInfo = ReadonlyMap<string, string>;

/** Reads `field:value` lines. */
export function parseInfo(text: string): RedisInfo {
  const info = new Map<string, string>();
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) info.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return info;
}

const numberOf = (info: RedisInfo, field: string): number => Number(info.get(field) ?? 0);

/** Share of `maxmemory` above which there is reason to worry; ingest stops reading at its own mark. */
const FULL = 0.8;

/** Judges what INFO says. */
export function judgeInfo(info: RedisInfo): Finding[] {
  return [
    versionFinding(info),
    roleFinding(info),
    policyFinding(info),
    aofFinding(info),
    memoryFinding(info),
  ];
}

function versionFinding(info: RedisInfo): Finding {
  const version = info.get('redis_version') ?? 'unknown';
  // Valkey tells the version of Redis that it is compatible with beside its own.
  const name = info.has('valkey_version')
    ? `Valkey ${info.get('valkey_version')}`
    : `Redis ${version}`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 6 || (major === 6 && minor >= 2)) return ok('version', name);
  return failed('version', name, {
    why: 'It lacks commands that the queue needs (ZADD LT).',
    fix: 'Use Redis 6.2 or newer, or Valkey.',
  });
}

function roleFinding(info: RedisInfo): Finding {
  const role = info.get('role') ?? 'unknown';
  if (role !== 'slave') return ok('role', role);
  return failed('role', 'a replica', {
    why: 'A replica takes no writes.',
    fix: 'REDIS_URL must lead to the primary; with Sentinel use redis+sentinel://.',
  });
}

function policyFinding(info: RedisInfo): Finding {
  const policy = info.get('maxmemory_policy') ?? 'noeviction';
  if (policy === 'noeviction') return ok('eviction', 'maxmemory-policy noeviction');
  return failed('eviction', `maxmemory-policy ${policy}`, {
    why: 'When memory is short it throws keys away: states that were never delivered, without a word.',
    fix: 'Set maxmemory-policy noeviction, and use no cache for it that others share.',
  });
}

function aofFinding(info: RedisInfo): Finding {
  if (info.get('aof_enabled') !== '1') {
    return warning('append-only file', 'off', {
      why: 'What it holds is lost when it stops: cursor, undelivered states, what XSOAR is known to have.',
      fix: 'Set appendonly yes, appendfsync everysec.',
    });
  }
  if (info.get('aof_last_write_status') === 'err') {
    return failed('append-only file', 'the last write failed', {
      why: 'Redis refuses writes until its disk works.',
      fix: 'See the log of Redis, and whether its disk is full.',
    });
  }
  return ok('append-only file', 'on');
}

function memoryFinding(info: RedisInfo): Finding {
  const used = numberOf(info, 'used_memory');
  const limit = numberOf(info, 'maxmemory');
  if (limit === 0) {
    return warning('memory', `${mebibytes(used)} used, no maxmemory`, {
      why: 'It may grow until the system ends it; the ingest cannot see it coming.',
      fix: 'Set maxmemory: 2.9 KB for each entity that may be pending (PENDING_HIGH_WATER), and as much again.',
    });
  }
  const share = used / limit;
  const detail = `${mebibytes(used)} used of ${mebibytes(limit)} (${Math.round(share * 100)} %)`;
  if (share < FULL) return ok('memory', detail);
  return warning('memory', detail, {
    why: 'The ingest stops reading the stream at REDIS_MEMORY_HIGH_WATER.',
    fix: 'Raise maxmemory, or see why so much is undelivered: "xsoar-intel status".',
  });
}

const mebibytes = (bytes: number): string => `${words.count(Math.round(bytes / 1_048_576))} MiB`;

/** Time for Redis to answer, in ms. */
const TIMEOUT_MS = 5_000;

/** Asks Redis. `trouble`: the last error of the connection, which says more than a time-out. */
export async function examineRedis(
  redis: Redis,
  redisAt: string,
  trouble: () => Error | null,
): Promise<Finding[]> {
  try {
    await within(TIMEOUT_MS, redis.ping());
  } catch (error) {
    const reason = trouble() ?? error;
    return [
      failed('reachable', redisAt, {
        why: visible(reason instanceof Error ? reason.message || reason.name : String(reason)),
        fix: 'Check REDIS_URL (address, password, TLS), whether Redis runs, and the firewall.',
      }),
    ];
  }
  const reached = ok('reachable', redisAt);
  try {
    const [text, time] = await within(TIMEOUT_MS, Promise.all([redis.info(), redis.time()]));
    const [seconds = 0, micros = 0] = time.map(Number);
    const skew = Math.round(seconds * 1_000 + micros / 1_000 - Date.now());
    const matters = 'Holds, leases and ages are compared by both clocks: pauses end early or late.';
    return [reached, ...judgeInfo(parseInfo(text)), clockFinding(skew, matters)];
  } catch (error) {
    const reason = visible(error instanceof Error ? error.message : String(error));
    return [
      reached,
      failed('INFO', 'refused', {
        why: reason,
        fix: 'Let the user of REDIS_URL run INFO and TIME.',
      }),
    ];
  }
}
