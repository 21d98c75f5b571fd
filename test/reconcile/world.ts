/** A pipeline in which XSOAR was brought apart from OpenCTI in known ways. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { loadConfig } from '@xsoar-intel/config';
import { entityIdOf } from '@xsoar-intel/opencti';
import {
  mapIndicator,
  type ReconcileParts,
  type Redis,
  type Report,
  reconcile as runReconcile,
} from '@xsoar-intel/pipeline';
import {
  type FakeOpenctiOptions,
  type FakeXsoarOptions,
  generateFeed,
  type StixObject,
} from '@xsoar-intel/simulator';
import { createXsoarClient, type XsoarClient } from '@xsoar-intel/xsoar';
import { openReconcileParts } from '../../packages/cli/src/reconciliation/parts.ts';
import { type Ran, run, xsoarIntel } from '../cli/run-command.ts';
import { type Pipeline, startPipeline, type TestProcess } from '../e2e/pipeline.ts';

/** Values by kind of drift, sorted. */
export type Drifted = Record<'missing' | 'stale' | 'foreign' | 'extra', string[]>;

/** The world, and what was done to it. */
export interface ReconcileWorld {
  readonly pipeline: Pipeline;
  readonly client: XsoarClient;
  readonly environment: Record<string, string>;
  readonly worker: TestProcess;
  /** Brings both sides apart; `count` of each kind, and twice as many of some. */
  drift(count: number): Promise<Drifted>;
  /** Changes OpenCTI in a way of which no event is ever read. */
  unread(change: () => void): Promise<void>;
  startIngest(environment?: Record<string, string>): Promise<TestProcess>;
  stopIngest(): Promise<void>;
  command(args: string[], environment?: Record<string, string>): Promise<Ran>;
  reconcile(args?: string[], environment?: Record<string, string>): Promise<Report>;
  /** The same in this process, with other Redis where that is to fail. Rejects where it stops. */
  here(options?: Here): Promise<Report>;
  /**
   * Starts the command and kills it, and what it started, once `moment` has come; null where it
   * was killed, else what it printed.
   */
  killed(args: string[], moment: () => Promise<unknown>): Promise<string | null>;
  close(): Promise<void>;
}

/** How it runs in this process. */
export interface Here {
  apply?: boolean;
  restart?: boolean;
  formerSources?: readonly string[];
  environment?: Record<string, string>;
  redis?: Redis;
  signal?: AbortSignal;
  /** Puts something between the run and its ends. */
  parts?: (parts: ReconcileParts) => ReconcileParts;
}

/** Plays indicators of one value each, and waits until they are delivered. */
export async function startReconcileWorld(options: {
  entities: number;
  opencti?: FakeOpenctiOptions;
  xsoar?: FakeXsoarOptions;
  worker?: Record<string, string>;
  /** Share of the indicators that have another's value. */
  sharedValues?: number;
  /** The clock of the feed, ms since 1970. */
  now?: () => number;
}): Promise<ReconcileWorld> {
  const pipeline = await startPipeline({
    ...(options.opencti === undefined ? {} : { opencti: options.opencti }),
    ...(options.xsoar === undefined ? {} : { xsoar: options.xsoar }),
  });
  const { opencti, xsoar } = pipeline;
  const cwd = mkdtempSync(join(tmpdir(), 'xsoar-intel-reconcile-'));
  const environment = {
    REDIS_URL: pipeline.redis.url,
    CONNECTOR_ID: pipeline.connectorId,
    OPENCTI_URL: opencti.url,
    OPENCTI_TOKEN: opencti.token,
    CONNECTOR_LIVE_STREAM_ID: opencti.streamId,
    XSOAR_URL: xsoar.url,
    XSOAR_KEY_ID: xsoar.keyId,
    XSOAR_KEY: xsoar.key,
    RECONCILE_SETTLE: '100ms',
  };
  const client = createXsoarClient({
    ...{ url: xsoar.url, keyId: xsoar.keyId, key: xsoar.key, sslVerify: true },
    ...{ timeoutMs: 30_000, connections: 4, userAgent: 'test' },
  });
  await opencti.play(
    generateFeed({
      ...{ entities: options.entities, updateShare: 0, deleteShare: 0, multiValueShare: 0 },
      ...{ types: ['IPv4-Addr', 'Domain-Name', 'Url'], multiHashShare: 0 },
      sharedValues: options.sharedValues ?? 0,
      ...(options.now === undefined ? {} : { now: options.now }),
    }),
  ).finished;
  let ingest = await pipeline.ingest();
  // Links back to OpenCTI are a part of what is written: both must know where it is.
  const worker = await pipeline.worker({ OPENCTI_URL: opencti.url, ...options.worker });
  await pipeline.quiet(600_000);

  const command = (args: string[], more: Record<string, string> = {}): Promise<Ran> =>
    run(xsoarIntel, args, { cwd, env: { ...environment, ...more } });

  async function startIngest(more: Record<string, string> = {}): Promise<TestProcess> {
    ingest = await pipeline.ingest(more);
    return ingest;
  }

  async function unread<T>(change: () => T): Promise<Awaited<T>> {
    // Nobody reads the stream while OpenCTI changes, and then the reading goes on behind it.
    await ingest.end('SIGTERM');
    const result = await change();
    await pipeline.client.set(pipeline.keys.cursor, opencti.stats().events.lastId);
    await startIngest();
    return result;
  }

  return {
    ...{ pipeline, client, environment, worker, unread, startIngest, command },
    async stopIngest() {
      await ingest.end('SIGTERM');
    },
    drift: (count) => unread(() => bringApart(pipeline, client, count)),
    async reconcile(args = [], more = {}) {
      const { stdout, stderr } = await command(['reconcile', '--json', ...args], more);
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout) as Report;
    },
    async here({
      apply = false,
      restart = false,
      formerSources,
      environment: more = {},
      redis,
      signal,
      parts: between = (parts: ReconcileParts) => parts,
    } = {}) {
      const loaded = loadConfig(['ingest', 'worker', 'operator'], {
        ...{ env: { ...environment, ...more }, cwd },
      });
      if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
      const { keys, queue } = pipeline;
      const place = { redis: redis ?? pipeline.client, keys, queue };
      const { parts, close } = openReconcileParts(loaded.config, place);
      const nothing = (): void => {};
      try {
        return await runReconcile(
          between({
            ...{ ...parts, retryMs: 20, signal: signal ?? new AbortController().signal },
            ...{ allowDeletes: async () => true, fence: null },
            ...{ onStart: nothing, onProgress: nothing, onWait: nothing, onRetry: nothing },
          }),
          {
            apply,
            share: 1,
            since: null,
            ...(formerSources === undefined ? {} : { formerSources }),
          },
          restart,
        );
      } finally {
        await close();
      }
    },
    async killed(args, moment) {
      const child = spawn(xsoarIntel, args, {
        cwd,
        env: { PATH: `${dirname(xsoarIntel)}:${process.env.PATH ?? ''}`, ...environment },
        stdio: ['ignore', 'pipe', 'ignore'],
        detached: true,
      });
      const printed = text(child.stdout);
      const closed = once(child, 'close').then(([, signal]) => signal);
      await Promise.race([moment(), closed]);
      // The command may be a program that starts a Node: both are to go.
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      const signal = await closed;
      // As if the time had passed after which one that was killed is replaced.
      await pipeline.client.del(pipeline.keys.leader('reconcile'));
      return signal === 'SIGKILL' ? null : await printed;
    },
    async close() {
      await client.close();
      await pipeline.close();
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

const MAPPING = { source: 'OpenCTI' };

/** The value that an indicator stands for. */
export function valueIn(object: StixObject): string {
  const result = mapIndicator(object, MAPPING);
  return result.ok ? (result.indicators[0]?.value ?? '') : '';
}

async function bringApart(
  { opencti, xsoar }: Pipeline,
  client: XsoarClient,
  count: number,
): Promise<Drifted> {
  const indicators = [...opencti.state()].filter(
    (object) => object.type === 'indicator' && xsoar.get(valueIn(object)) !== undefined,
  );
  // From all over the listing, the same each time.
  const stride = Math.floor(indicators.length / (4 * count));
  const victims = indicators.filter((_, index) => index % stride === 0).slice(0, 4 * count);
  const take = (): StixObject[] => victims.splice(0, count);
  const values = (objects: readonly StixObject[]): string[] => objects.map(valueIn);

  const gone = take();
  const ids = values(gone).map((value) => xsoar.get(value)?.id ?? '');
  for (let at = 0; at < ids.length; at += 100) {
    await client.batchDelete(ids.slice(at, at + 100), 'by an administrator');
  }
  const edited = take();
  for (const value of values(edited)) {
    const score = (Number(xsoar.get(value)?.score) + 1) % 4;
    xsoar.analystEdit({ value, score });
  }
  const changed = take();
  for (const object of changed) {
    opencti.append({
      kind: 'update',
      object: { ...object, confidence: 11, labels: [`renewed-${count}`] },
    });
  }
  const deleted = take();
  for (const object of deleted) opencti.append({ kind: 'delete', id: entityIdOf(object) ?? '' });

  const lost: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const value = `lost-${n}.example`;
    lost.push(value);
    const of = edited[n % edited.length];
    const held = of && xsoar.get(valueIn(of));
    const uuid = `00000000-0000-5000-8000-${String(n).padStart(12, '0')}`;
    await client.create({
      ...{ value, indicator_type: 'Domain', score: 2, source: String(held?.source) },
      CustomFields: { stixid: `indicator--${uuid}`, tags: [] },
    });
  }
  return {
    missing: values(gone).sort(),
    foreign: values(edited).sort(),
    stale: values(changed).sort(),
    extra: [...values(deleted), ...lost].sort(),
  };
}

/** What a report found, in the same form. */
export function found({ findings }: Report): Drifted {
  const of = (kind: string): string[] =>
    findings
      .filter((one) => one.kind === kind)
      .map(({ value }) => value)
      .sort();
  return { missing: of('missing'), foreign: of('foreign'), stale: of('stale'), extra: of('extra') };
}
