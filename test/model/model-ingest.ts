/**
 * The ingest of the model: the real writer over a stream that repeats itself,
 * and a life that may end at every step between slot, job and cursor.
 */
import type { StreamMessage } from '@xsoar-intel/opencti';
import {
  connectRedis,
  createCursorStore,
  createSlots,
  type Debounce,
  type DeliveryQueue,
  type Keys,
  type LeaseTimes,
  openDeliveryQueue,
  parseCursor,
} from '@xsoar-intel/pipeline';
import type { Logger } from '@xsoar-intel/runtime';
import type { Random } from '@xsoar-intel/simulator';
import { createStreamWriter } from '../../packages/ingest/src/writer.ts';
import type { ModelEvent } from './events.ts';

/** What an ingest of the model works with. */
export interface IngestParts {
  redisUrl: string;
  keys: Keys;
  times: LeaseTimes;
  attempts: number;
  debounce: Debounce;
  events: readonly ModelEvent[];
  random: Random;
  logger: Logger;
  /** Chance of dying at each step of a batch. */
  crash(): number;
  /** Chance, per event, that old events are sent again. */
  repeat: number;
  log(line: string): void;
}

/** One life of an ingest. */
export interface ModelIngest {
  readonly alive: boolean;
  /** All events were read in this life (they may not be written yet). */
  readonly readAll: boolean;
  stop(): Promise<void>;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const HEARTBEAT_MS = 50;
const never = new Promise<never>(() => {});

/** The message that carries an event. */
export function messageOf({ id, entity, values }: ModelEvent): StreamMessage {
  return {
    kind: 'entity',
    id,
    name: values === null ? 'delete' : 'update',
    dependency: false,
    recovered: false,
    sources: [],
    bytes: 100,
    data: {
      id: `indicator--${entity}`,
      type: 'indicator',
      extensions: {
        'extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba': {
          id: entity,
          type: 'Indicator',
        },
      },
      model: { entity, version: id.text, values },
    },
  };
}

/** Starts an ingest that reads from the stored cursor to the end of the stream, and stays there. */
export function startIngest(parts: IngestParts): ModelIngest {
  const { keys, random } = parts;
  const redis = connectRedis(parts.redisUrl, 'model-ingest', () => {});
  const queue = openDeliveryQueue(redis, keys, { attempts: parts.attempts, onError: () => {} });
  const slots = createSlots(redis, keys, parts.times);
  const cursor = createCursorStore(redis, keys);
  let alive = true;
  let readAll = false;
  /** Counts connections: what was read on an old one is not sent any more. */
  let connection = 0;

  function die(where: string): void {
    if (!alive) return;
    alive = false;
    parts.log(`ingest dies ${where}`);
    writer.stop();
    redis.disconnect();
  }

  /** A step at whose edges the ingest may die; the dead do nothing more. */
  async function step<T>(name: string, action: () => Promise<T>): Promise<T> {
    if (!alive) return never;
    if (random.chance(parts.crash() / 2)) {
      die(`before ${name}`);
      return never;
    }
    const result = await action();
    if (random.chance(parts.crash() / 2)) {
      die(`after ${name}`);
      return never;
    }
    return alive ? result : never;
  }

  const writer = createStreamWriter({
    redis,
    keys,
    slots: {
      ...slots,
      put: (states, debounce) => step('slots', () => slots.put(states, debounce)),
    },
    queue: {
      addBulk: (jobs: Parameters<DeliveryQueue['addBulk']>[0]) =>
        step('jobs', () => queue.addBulk(jobs)),
    } as DeliveryQueue,
    cursor: {
      read: () => cursor.read(),
      move: (expected, next) => step('cursor', () => cursor.move(expected, next)),
    },
    logger: parts.logger,
    relevance: { listenDelete: true, eventTypes: [] },
    debounce: parts.debounce,
    batchSize: 20,
    gate: { room: () => undefined, pending: () => {} },
    onFenced(stored) {
      parts.log(`ingest fenced at ${stored}`);
      void read();
    },
    onMessage: () => {},
    onCursor: () => {},
    random: () => random.next(),
  });

  /** Reads the stream from the stored cursor, as a new connection does. */
  async function read(): Promise<void> {
    connection += 1;
    const mine = connection;
    readAll = false;
    const stored = await cursor.read();
    await writer.restart(stored, null);
    const at = parseCursor(stored)?.id;
    let next = at ? parts.events.findIndex(({ id }) => id.text === at.text) + 1 : 0;
    while (alive && mine === connection) {
      const event = parts.events[next];
      if (!event) break;
      // A straggler: one old event, out of its place.
      const old = parts.events[random.below(next + 1)];
      if (old && random.chance(parts.repeat)) writer.accept(messageOf(old));
      writer.accept(messageOf(event));
      next += 1;
      if (random.chance(parts.repeat)) next = Math.max(next - 1 - random.below(30), 0);
      const room = writer.room();
      if (room) await room;
      if (random.chance(0.3)) await sleep(random.below(10));
    }
    const last = parts.events.at(-1);
    while (alive && mine === connection && last) {
      readAll = true;
      // Without events a heartbeat tells that Redis has gone back.
      writer.accept({ kind: 'heartbeat', id: last.id });
      await sleep(HEARTBEAT_MS);
    }
  }
  read().catch((error: unknown) => die(`of ${String(error)}`));

  return {
    get alive() {
      return alive;
    },
    get readAll() {
      return alive && readAll;
    },
    async stop() {
      if (alive) await writer.flush();
      die('in order');
      await queue.close();
    },
  };
}
