/**
 * What BullMQ alone allows: a job for each create of the bare loop, added and worked as our
 * queue does it, and nothing besides. No slot, no lease, no record, no mapping, no look-up.
 */
import {
  addDeliveries,
  connectRedis,
  DELIVERY_QUEUE,
  keysOf,
  openDeliveryQueue,
} from '@xsoar-intel/pipeline';
import { Worker } from 'bullmq';
import { Pool } from 'undici';
import { bodiesOf, type PostOrder, postRequest } from '../harness/post-bodies.ts';
import { serve } from './serve.ts';

/** Which Redis, and whose queue in it. */
export interface QueueOrder {
  redisUrl: string;
  connectorId: string;
}

/** What the process can be asked; one of them either adds or works. */
export interface QueueCalls {
  /** Adds a job for each of so many entities; resolves when Redis has them all. */
  add(order: QueueOrder & { count: number }): Promise<null>;
  /** Makes the bodies, and waits for jobs from then on. */
  work(order: QueueOrder & PostOrder): Promise<null>;
  /** CPU since the work began, in µs. */
  cpu(argument: null): number;
}

/** As ingest writes: so many events at a time, two batches under way. */
const BATCH = 100;
const BATCHES_AT_A_TIME = 2;

let cpuBefore = process.cpuUsage();

const fail = (error: unknown): void => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
};

const calls: QueueCalls = {
  async add({ redisUrl, connectorId, count }) {
    const redis = connectRedis(redisUrl, 'bench-add', fail);
    const queue = openDeliveryQueue(redis, keysOf(connectorId), { attempts: 10, onError: fail });
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < count) {
        const from = next;
        next = Math.min(count, from + BATCH);
        await addDeliveries(
          queue,
          Array.from({ length: next - from }, (_, index) => `indicator-${from + index}`),
        );
      }
    };
    await Promise.all(Array.from({ length: BATCHES_AT_A_TIME }, lane));
    await queue.close();
    redis.disconnect();
    return null;
  },
  async work({ redisUrl, connectorId, ...order }) {
    const bodies = bodiesOf(order.count, order.seed);
    const pool = new Pool(order.url, { connections: order.concurrency, pipelining: 1 });
    const request = postRequest(order);
    const keys = keysOf(connectorId);
    const worker = new Worker<{ entityId: string }>(
      DELIVERY_QUEUE,
      async ({ data }) => {
        const body = bodies[Number(data.entityId.replace('indicator-', ''))] ?? '';
        const { statusCode, body: answer } = await pool.request({ ...request, body });
        const text = await answer.text();
        if (statusCode !== 200) fail(`HTTP ${statusCode}: ${text.slice(0, 200)}`);
      },
      {
        connection: connectRedis(redisUrl, 'bench-work', fail),
        prefix: keys.prefix,
        concurrency: order.concurrency,
        removeOnComplete: { count: 100 },
      },
    );
    worker.on('error', fail);
    await worker.waitUntilReady();
    cpuBefore = process.cpuUsage();
    return null;
  },
  cpu() {
    const { user, system } = process.cpuUsage(cpuBefore);
    return user + system;
  },
};

serve({ ...calls });
