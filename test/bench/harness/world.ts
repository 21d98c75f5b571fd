/**
 * One run's world: a Redis, both simulators and the processes under measurement, each
 * in a process of its own. What waits asks Redis no more than it must, and counts it.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareEventIds, parseEventId } from '@xsoar-intel/opencti';
import { connectRedis, type Keys, keysOf, parseCursor, type Redis } from '@xsoar-intel/pipeline';
import { type GeneratorOptions, machineMs } from '@xsoar-intel/simulator';
import { startRedis } from '../../support/redis.ts';
import { until } from '../../support/until.ts';
import type { OpenctiCalls } from '../processes/fake-opencti.ts';
import type { XsoarCalls } from '../processes/fake-xsoar.ts';
import { endAtExit } from './cleanup.ts';
import { type Program, startProgram } from './program.ts';
import { type RedisFigures, redisFigures, redisPid } from './redis-figures.ts';
import type { Context } from './scenario.ts';
import { type Subject, startSubject } from './subject.ts';

/** Everything that one run works with. */
export interface World {
  readonly redis: Redis;
  readonly redisPid: number;
  readonly redisUrl: string;
  readonly keys: Keys;
  readonly opencti: Program<OpenctiCalls>;
  readonly xsoar: Program<XsoarCalls>;
  /** Starts processes under measurement; resolves when they are ready. */
  ingest(environment?: Record<string, string>): Promise<Subject>;
  worker(environment?: Record<string, string>): Promise<Subject>;
  board(): Promise<Subject>;
  /** Puts a feed into the stream before anybody reads it. */
  fill(options: GeneratorOptions): Promise<void>;
  /** Waits until the cursor is at the newest event; when it was, by `machineMs`. */
  untilRead(): Promise<number>;
  /** Waits until no more than so many entities are undelivered. */
  untilPending(most: number): Promise<void>;
  /** Waits until all is read and delivered, and checks that XSOAR holds what it must. */
  untilDelivered(): Promise<void>;
  /** Waits until so many writes have arrived at XSOAR. */
  untilWritten(count: number): Promise<void>;
  figures(): Promise<RedisFigures>;
  /** Commands that the bench itself gave to Redis since it was asked last. */
  ownCommands(): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Longest time for any wait: it is there to end a run that hangs, not to judge one. */
const PATIENCE_MS = 30 * 60_000;
/** Time between looks at Redis: 40 commands a second beside thousands. */
const LOOK_MS = 25;

/** Starts Redis and the simulators. */
export async function startWorld(more: Context['environment']): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'xsoar-intel-bench-'));
  let forget = (): void => {};
  const server = await startRedis(['--hash-max-listpack-value', '4096'], (child, home) => {
    forget = endAtExit(() => {
      child.kill('SIGKILL');
      for (const folder of [home, directory]) rmSync(folder, { recursive: true, force: true });
    });
  });
  const redis = connectRedis(server.url, 'bench', () => {});
  const pid = await redisPid(redis);
  const [opencti, xsoar] = await Promise.all([
    startProgram<OpenctiCalls>('fake-opencti'),
    startProgram<XsoarCalls>('fake-xsoar'),
  ]);
  const connectorId = randomUUID();
  const keys = keysOf(connectorId);
  const subjects: Subject[] = [];
  const own = new Map<string, number>();
  const platform = await opencti.call('access', null);
  const target = await xsoar.call('access', null);

  const count = (name: string): void => void own.set(name, (own.get(name) ?? 0) + 1);
  const wait = (what: string, look: () => Promise<boolean>) =>
    until(what, look, { timeoutMs: PATIENCE_MS, everyMs: LOOK_MS });

  async function start(
    command: 'ingest' | 'worker' | 'board',
    environment: Record<string, string>,
  ): Promise<Subject> {
    const shared = { REDIS_URL: server.url, CONNECTOR_ID: connectorId };
    const subject = await startSubject(command, {
      directory,
      environment: { ...shared, ...environment, ...more[command] },
    });
    subjects.push(subject);
    return subject;
  }

  const world: World = {
    redis,
    redisPid: pid,
    redisUrl: server.url,
    keys,
    opencti,
    xsoar,
    ingest: (environment = {}) =>
      start('ingest', {
        OPENCTI_URL: platform.url,
        OPENCTI_TOKEN: platform.token,
        CONNECTOR_LIVE_STREAM_ID: platform.streamId,
        // The stream is read from its oldest event; without this, objects would come first.
        CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE: 'no',
        // No backpressure: what is measured is how fast it goes, not how it is held back.
        PENDING_HIGH_WATER: '100000000',
        PENDING_LOW_WATER: '90000000',
        ...environment,
      }),
    worker: (environment = {}) =>
      start('worker', {
        XSOAR_URL: target.url,
        XSOAR_KEY_ID: target.keyId,
        XSOAR_KEY: target.key,
        ...environment,
      }),
    board: async () =>
      start('board', {
        BOARD_PORT: '0',
        BOARD_USER: 'bench',
        BOARD_PASSWORD: randomUUID(),
      }),
    fill: async (options) => void (await opencti.call('fill', options)),
    async untilRead() {
      const last = parseEventId(await opencti.call('lastId', null));
      await wait('all is read', async () => {
        count('get');
        const cursor = parseCursor((await redis.get(keys.cursor)) ?? '');
        return cursor !== null && last !== null && compareEventIds(cursor.id, last) >= 0;
      });
      return machineMs();
    },
    async untilPending(most) {
      await wait(`at most ${most} are undelivered`, async () => {
        count('zcard');
        return (await redis.zcard(keys.pending)) <= most;
      });
    },
    async untilDelivered() {
      await world.untilRead();
      await world.untilPending(0);
      const { objects, refused } = await xsoar.call('arrived', null);
      const expected = await opencti.call('expected', null);
      if (objects < expected || expected === 0) {
        throw new Error(
          `XSOAR holds ${objects} indicators of ${expected}: the figure is worthless`,
        );
      }
      if (refused > 0) throw new Error(`XSOAR refused ${refused} requests`);
    },
    async untilWritten(writes) {
      await wait(`${writes} writes have arrived`, async () => {
        return (await xsoar.call('arrived', null)).writes >= writes;
      });
    },
    figures() {
      count('info');
      return redisFigures(redis);
    },
    ownCommands() {
      const given = new Map(own);
      own.clear();
      return given;
    },
    async close() {
      await Promise.all(subjects.map((subject) => subject.stop()));
      redis.disconnect();
      await Promise.all([opencti.close(), xsoar.close(), server.stop()]);
      rmSync(directory, { recursive: true, force: true });
      forget();
    },
  };
  return world;
}

/** Runs something in a world of its own, which ends with it. */
export async function inWorld<T>(
  { environment }: Pick<Context, 'environment'>,
  work: (world: World) => Promise<T>,
): Promise<T> {
  const world = await startWorld(environment);
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}
