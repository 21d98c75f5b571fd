/**
 * The demo: the whole pipeline on this machine, with simulated ends. It ends
 * with a proof: what the fake XSOAR holds is compared with what the fake
 * OpenCTI said, by an oracle that shares no code with the pipeline.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareEventIds, parseEventId } from '@xsoar-intel/opencti';
import {
  connectRedis,
  keysOf,
  openDeliveryQueue,
  readSnapshot,
  type Snapshot,
  scanBindings,
} from '@xsoar-intel/pipeline';
import {
  compare,
  type FakeOpencti,
  type FakeXsoar,
  generateFeed,
  openStixFile,
  startFakeOpencti,
  startFakeXsoar,
} from '@xsoar-intel/simulator';
import { EXIT } from '../exit-code.ts';
import { CommandError } from '../load.ts';
import { type Child, lastLines, startChild } from './child.ts';
import { createProgressView } from './progress.ts';
import { startPrivateRedis } from './redis-server.ts';
import { scrape, sum } from './scrape.ts';
import { formatSummary, isProved, type Outcome } from './summary.ts';

/** Options of the demo. */
export interface DemoOptions {
  /** STIX bundle or NDJSON file; without it indicators are generated. */
  stix?: string;
  /** Events to generate. */
  events: number;
  /** Events per second; as fast as it goes without it. */
  rate?: number;
  seed: number;
  workers: number;
  /** Stay up after the summary. */
  keep: boolean;
  /** When the command began, `performance.now()`. */
  startedAt: number;
}

const LOOK_MS = 250;

/** Runs the demo; resolves to the exit code: 0 when the proof holds. */
export async function runDemo(options: DemoOptions, out: NodeJS.WriteStream): Promise<number> {
  const undo: (() => Promise<unknown>)[] = [];
  const interrupted = new Promise<'interrupted'>((resolve) => {
    process.once('SIGINT', () => resolve('interrupted'));
    process.once('SIGTERM', () => resolve('interrupted'));
  });
  try {
    const run = demo(options, out, undo, interrupted);
    const result = await Promise.race([run, interrupted]);
    if (result !== 'interrupted') return result;
    out.write('\nending everything that the demo started …\n');
    // Its own end is awaited too, so that nothing starts while the rest is ended.
    run.catch(() => {});
    return 130;
  } finally {
    for (const step of undo.reverse()) await step().catch(() => {});
  }
}

async function demo(
  options: DemoOptions,
  out: NodeJS.WriteStream,
  undo: (() => Promise<unknown>)[],
  interrupted: Promise<'interrupted'>,
): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'xsoar-intel-demo-logs-'));
  let keepLogs = true;
  undo.push(async () => {
    if (!keepLogs) await rm(directory, { recursive: true, force: true });
  });
  const redisUrl = process.env.REDIS_URL || (await privateRedis(undo));
  const opencti = await startFakeOpencti();
  undo.push(() => opencti.close());
  const xsoar = await startFakeXsoar();
  undo.push(() => xsoar.close());

  const connectorId = randomUUID();
  const shared = { REDIS_URL: redisUrl, CONNECTOR_ID: connectorId, CONNECTOR_NAME: 'demo' };
  const start = async (command: string, name: string, environment: Record<string, string>) => {
    const child = await startChild(command, name, directory, { ...shared, ...environment });
    undo.push(() => child.stop());
    return child;
  };
  const children: Child[] = await Promise.all([
    start('ingest', 'ingest', ingestEnvironment(opencti)),
    ...Array.from({ length: options.workers }, (_, index) =>
      start('worker', `worker ${index + 1}`, workerEnvironment(xsoar)),
    ),
  ]);
  out.write(
    `Redis ${redisUrl.replace(/\/\/.*@/, '//***@')}, fake OpenCTI ${opencti.url}, fake XSOAR ${xsoar.url}, ` +
      `1 ingest and ${options.workers} workers; logs in ${directory}\n`,
  );

  const redis = connectRedis(redisUrl, 'demo', () => {});
  const keys = keysOf(connectorId);
  const queue = openDeliveryQueue(redis, keys, { attempts: 8, onError: () => {} });
  undo.push(async () => {
    await queue.close();
    redis.disconnect();
  });

  const file = options.stix === undefined ? null : openStixFile(options.stix);
  const feed = file?.feed ?? generateFeed({ events: options.events, seed: options.seed });
  const playing = opencti.play(feed, options.rate ? { ratePerSecond: options.rate } : {});
  undo.push(async () => playing.stop());
  let ended = false;
  const fed = playing.finished.then(() => {
    ended = true;
  });
  fed.catch(() => {});

  const view = createProgressView(out);
  const peakRss = new Map<string, number>();
  const began = performance.now();
  let firstDeliveredMs: number | null = null;
  let lastDelivered = 0;
  let lastLook = began;
  let deliveries = 0;
  const death = Promise.race(children.map((child) => child.died.then(() => child)));

  for (;;) {
    const [snapshot, scrapes] = await Promise.all([
      readSnapshot(redis, keys, queue, Date.now()),
      Promise.all(children.map((child) => scrape(child.metricsUrl))),
    ]);
    children.forEach((child, index) => {
      const seen = scrapes[index];
      const rss = seen ? sum([seen], 'process_resident_memory_bytes') : 0;
      peakRss.set(child.name, Math.max(peakRss.get(child.name) ?? 0, rss));
    });
    deliveries = sum(scrapes, 'xsoar_intel_deliveries_total', { outcome: 'delivered' });
    const now = performance.now();
    if (firstDeliveredMs === null && xsoar.stats().objects > 0) {
      firstDeliveredMs = now - options.startedAt;
    }
    view.show({
      read: sum(scrapes, 'xsoar_intel_events_total', { outcome: 'queued' }),
      produced: playing.applied,
      delivered: deliveries,
      skipped: sum(scrapes, 'xsoar_intel_deliveries_total', { outcome: 'skipped' }),
      pending: snapshot.pending,
      dead: snapshot.dead,
      rate: ((deliveries - lastDelivered) / Math.max(now - lastLook, 1)) * 1_000,
      lagMs: snapshot.oldestPendingMs,
      held: snapshot.holds[0]?.reason ?? null,
    });
    lastDelivered = deliveries;
    lastLook = now;
    if (ended && isQuiet(opencti, snapshot)) break;
    const event = await Promise.race([
      new Promise<'look'>((resolve) => setTimeout(resolve, LOOK_MS, 'look')),
      death,
      // A file that cannot be read ends the demo with its error.
      fed.then(
        () => new Promise<never>(() => {}),
        (error: unknown) => Promise.reject(error),
      ),
    ]);
    if (event !== 'look') {
      throw new CommandError(`${await event.died}; its last lines:\n${await lastLines(event, 10)}`);
    }
  }
  view.end();
  const durationMs = performance.now() - began;

  const skips = await readSkips(redis, keys);
  const snapshot = await readSnapshot(redis, keys, queue, Date.now());
  const comparison = compare(opencti.expectations(), xsoar.dump(), { skipped: skips.entities });
  const outcome: Outcome = {
    file: file ? { ...file.report(), path: options.stix ?? '' } : null,
    events: opencti.stats().events.total,
    indicators: [...opencti.expectations()].length,
    comparison,
    skipped: skips.whole,
    partly: skips.partly,
    rejected: snapshot.rejected,
    dead: snapshot.dead,
    xsoarObjects: xsoar.stats().objects,
    requests: xsoar.stats().requests,
    firstDeliveredMs,
    durationMs,
    deliveries,
    peakRss,
  };
  out.write(formatSummary(outcome));
  // Where something went wrong, the logs say why.
  keepLogs = !isProved(outcome);
  if (options.keep) await keepUp(children, start, out, interrupted);
  return isProved(outcome) ? EXIT.fine : EXIT.failed;
}

async function privateRedis(undo: (() => Promise<unknown>)[]): Promise<string> {
  const redis = await startPrivateRedis();
  undo.push(() => redis.stop());
  return redis.url;
}

const ingestEnvironment = (opencti: FakeOpencti): Record<string, string> => ({
  OPENCTI_URL: opencti.url,
  OPENCTI_TOKEN: opencti.token,
  CONNECTOR_LIVE_STREAM_ID: opencti.streamId,
  // The stream itself is to be seen, every update and delete of it, not a catch-up.
  CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE: 'no',
});

const workerEnvironment = (xsoar: FakeXsoar): Record<string, string> => ({
  XSOAR_URL: xsoar.url,
  XSOAR_KEY_ID: xsoar.keyId,
  XSOAR_KEY: xsoar.key,
});

/** Everything that the stream said is in slots, and every slot is settled or dead. */
function isQuiet(opencti: FakeOpencti, snapshot: Snapshot): boolean {
  const last = parseEventId(opencti.stats().events.lastId);
  if (last === null || snapshot.cursor === null) return false;
  return compareEventIds(snapshot.cursor.id, last) >= 0 && snapshot.pending === 0;
}

async function readSkips(redis: ReturnType<typeof connectRedis>, keys: ReturnType<typeof keysOf>) {
  const whole = new Map<string, number>();
  const partly = new Map<string, number>();
  const entities: string[] = [];
  for await (const binding of scanBindings(redis, keys)) {
    const { entityId, values, skipReason, skipObservable } = binding;
    if (skipReason === null) continue;
    const reason = skipObservable === null ? skipReason : `${skipReason}: ${skipObservable}`;
    const counts = values.length === 0 ? whole : partly;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
    if (values.length === 0) entities.push(entityId);
  }
  return { whole, partly, entities };
}

async function keepUp(
  children: readonly Child[],
  start: (command: string, name: string, environment: Record<string, string>) => Promise<Child>,
  out: NodeJS.WriteStream,
  interrupted: Promise<'interrupted'>,
): Promise<void> {
  const { freePort } = await import('./redis-server.ts');
  const port = await freePort();
  await start('board', 'board', { BOARD_ADDR: '127.0.0.1', BOARD_PORT: String(port) });
  out.write(`\nStaying up until Ctrl-C.\n  board    http://127.0.0.1:${port}\n`);
  for (const child of children) {
    out.write(`  ${child.name.padEnd(8)} ${child.metricsUrl}/metrics\n`);
  }
  await interrupted;
}
