import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareEventIds, parseEventId } from '@xsoar-intel/opencti';
import {
  connectRedis,
  createDeadLetters,
  createHolds,
  type DeliveryData,
  type DeliveryQueue,
  type Holds,
  type Keys,
  keysOf,
  openDeliveryQueue,
  type Redis,
  readSnapshot,
  type Snapshot,
  scanBindings,
} from '@xsoar-intel/pipeline';
import {
  type Comparison,
  compare,
  type FakeOpencti,
  type FakeOpenctiOptions,
  type FakeXsoar,
  type FakeXsoarOptions,
  startFakeOpencti,
  startFakeXsoar,
} from '@xsoar-intel/simulator';
import { freePort, startRedis, type TestRedis } from '../support/redis.ts';
import { until } from '../support/until.ts';

const BIN = fileURLToPath(new URL('../../node_modules/.bin/xsoar-intel', import.meta.url));

/** Short times, so that a crash is noticed within seconds; the order of sizes is that of production. */
const FAST = {
  XSOAR_TIMEOUT: '2s',
  DELIVERY_TIMEOUT: '3s',
  DELIVERY_LEASE_MARGIN: '1s',
  DELIVERY_LATE_WINDOW: '2s',
  DELIVERY_JOB_LOCK: '2s',
  DELIVERY_BACKOFF_MIN: '50ms',
  DELIVERY_BACKOFF_MAX: '500ms',
  HOLD_BACKOFF_MIN: '100ms',
  HOLD_BACKOFF_MAX: '500ms',
  DELIVERY_DEBOUNCE: '50ms',
  DELIVERY_DEBOUNCE_MAX: '500ms',
  SWEEP_INTERVAL: '500ms',
  SWEEP_GRACE: '3s',
  INGEST_LEADER_TTL: '2s',
  SHUTDOWN_TIMEOUT: '10s',
  CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE: 'no',
};

/** For dead letters that a test discards; longer than any test. */
const TOMBSTONE_MS = 3_600_000;

/** A process of ours under test. */
export interface TestProcess {
  readonly child: ChildProcess;
  readonly metricsUrl: string;
  /** Everything that it logged so far, one object a line. */
  logs(): Record<string, unknown>[];
  /** Ends it by a signal and waits for its exit code. */
  end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null>;
  metrics(): Promise<string>;
}

/** The pipeline under test: real Redis, real processes, simulated ends in the test's process. */
export interface Pipeline {
  readonly redis: TestRedis;
  readonly opencti: FakeOpencti;
  readonly xsoar: FakeXsoar;
  readonly connectorId: string;
  ingest(environment?: Record<string, string>): Promise<TestProcess>;
  worker(environment?: Record<string, string>): Promise<TestProcess>;
  snapshot(): Promise<Snapshot>;
  readonly holds: Holds;
  readonly queue: DeliveryQueue;
  /** The test's own connection, and the names of everything. */
  readonly client: Redis;
  readonly keys: Keys;
  /** What the dead letters say of themselves. */
  deadLetters(): Promise<DeliveryData[]>;
  /** Does what `dead-letters retry --all` does. */
  retryDeadLetters(): Promise<void>;
  /** Waits until every event of the stream is in slots and every slot is settled or dead. */
  quiet(timeoutMs?: number): Promise<Snapshot>;
  /** XSOAR against the stream, by the simulators' oracle. */
  compare(): Promise<Comparison>;
  close(): Promise<void>;
}

/** Starts Redis and both simulators; processes are started by the test. */
export async function startPipeline(
  options: { opencti?: FakeOpenctiOptions; xsoar?: FakeXsoarOptions; redis?: TestRedis } = {},
): Promise<Pipeline> {
  const redis = options.redis ?? (await startRedis());
  const opencti = await startFakeOpencti({ heartbeatMs: 500, blockMs: 200, ...options.opencti });
  const xsoar = await startFakeXsoar(options.xsoar);
  const connectorId = randomUUID();
  const directory = mkdtempSync(join(tmpdir(), 'xsoar-intel-e2e-'));
  const processes: TestProcess[] = [];

  const client = connectRedis(
    { url: redis.url, sslVerify: true, ca: redis.ca ?? null },
    'test',
    () => {},
  );
  const keys = keysOf(connectorId);
  const queue = openDeliveryQueue(client, keys, { attempts: 8, onError: () => {} });

  async function start(command: string, environment: Record<string, string>) {
    const port = await freePort();
    const logFile = join(directory, `${command}-${processes.length}.log`);
    const child = spawn(BIN, [command], {
      cwd: directory,
      env: {
        PATH: process.env.PATH ?? '',
        REDIS_URL: redis.url,
        ...(redis.caFile === undefined ? {} : { REDIS_CA_FILE: redis.caFile }),
        CONNECTOR_ID: connectorId,
        METRICS_ENABLE: 'true',
        METRICS_ADDR: '127.0.0.1',
        METRICS_PORT: String(port),
        ...FAST,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // There at once, so that it can be read before the first line.
    writeFileSync(logFile, '');
    const log = createWriteStream(logFile);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const started: TestProcess = {
      child,
      metricsUrl: `http://127.0.0.1:${port}`,
      logs: () =>
        readFileSync(logFile, 'utf8')
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map((line) => JSON.parse(line) as Record<string, unknown>),
      async end(signal) {
        if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
        const exit = once(child, 'exit');
        child.kill(signal);
        const [code] = await exit;
        return code as number | null;
      },
      metrics: async () => (await fetch(`${started.metricsUrl}/metrics`)).text(),
    };
    processes.push(started);
    return started;
  }

  const snapshot = () => readSnapshot(client, keys, queue, Date.now());

  return {
    redis,
    opencti,
    xsoar,
    connectorId,
    ingest: (environment = {}) =>
      start('ingest', {
        OPENCTI_URL: opencti.url,
        OPENCTI_TOKEN: opencti.token,
        CONNECTOR_LIVE_STREAM_ID: opencti.streamId,
        ...environment,
      }),
    worker: (environment = {}) =>
      start('worker', {
        XSOAR_URL: xsoar.url,
        XSOAR_KEY_ID: xsoar.keyId,
        XSOAR_KEY: xsoar.key,
        ...environment,
      }),
    snapshot,
    holds: createHolds(client, keys),
    queue,
    client,
    keys,
    deadLetters: async () => (await queue.getJobs(['failed'])).map(({ data }) => data),
    async retryDeadLetters() {
      const letters = createDeadLetters(client, keys, queue, TOMBSTONE_MS);
      await letters.retry(await letters.read(await letters.all()));
    },
    quiet: (timeoutMs = 60_000) =>
      until(
        'all is delivered',
        async () => {
          const last = parseEventId(opencti.stats().events.lastId);
          const now = await snapshot();
          const read =
            last !== null && now.cursor !== null && compareEventIds(now.cursor.id, last) >= 0;
          return read && now.pending === 0 ? now : null;
        },
        { timeoutMs, everyMs: 100 },
      ),
    async compare() {
      const skipped: string[] = [];
      for await (const { entityId, values, skipReason } of scanBindings(client, keys)) {
        if (skipReason !== null && values.length === 0) skipped.push(entityId);
      }
      return compare(opencti.expectations(), xsoar.dump(), { skipped });
    },
    async close() {
      await Promise.all(processes.map((one) => one.end('SIGKILL')));
      await queue.close();
      client.disconnect();
      await Promise.all([opencti.close(), xsoar.close(), redis.stop()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** What a comparison found wrong, short enough for a failed test's message. */
export function differences({ missing, stale, extra, checked }: Comparison) {
  return {
    missing: missing.slice(0, 3),
    stale: stale.slice(0, 3),
    extra: extra.slice(0, 3),
    comparedSome: checked > 0,
  };
}

/** No difference, and something was compared. */
export const NONE = { missing: [], stale: [], extra: [], comparedSome: true };
