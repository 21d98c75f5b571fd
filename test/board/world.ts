import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { type Board, type BoardSettings, startBoard } from '@xsoar-intel/board';
import {
  connectRedis,
  createHolds,
  type DeliveryData,
  type DeliveryFailure,
  keysOf,
  openDeliveryQueue,
} from '@xsoar-intel/pipeline';
import { createLogger } from '@xsoar-intel/runtime';
import { UnrecoverableError, Worker } from 'bullmq';
import { until } from '../support/until.ts';

/** A failure as a worker notes it. */
export function failure(of: Partial<DeliveryFailure> = {}): DeliveryFailure {
  return {
    operation: 'upsert',
    version: '1700000000000-0',
    reason: 'rejected',
    message: 'create: HTTP 400',
    status: 400,
    body: '{"error":"no such indicator type"}',
    request: '{"value":"198.51.100.7","indicator_type":"IP","score":3}',
    firstFailureAt: '2026-02-01T09:00:00.000Z',
    lastFailureAt: '2026-02-01T09:30:00.000Z',
    attempts: 1,
    worker: 'host:1',
    ...of,
  };
}

/** A connector of a test's own in a shared Redis, boards over it, and what a board shows. */
export function openBoardWorld(redisUrl: string) {
  const connectorId = randomUUID();
  const redis = connectRedis(redisUrl, 'test', () => {});
  const keys = keysOf(connectorId);
  const queue = openDeliveryQueue(redis, keys, { attempts: 3, onError: () => {} });
  const boards: Board[] = [];
  const lines: string[] = [];
  const logger = createLogger({
    level: 'debug',
    name: 'board',
    destination: new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    }),
  });

  return {
    connectorId,
    redis,
    keys,
    queue,
    holds: createHolds(redis, keys),
    /** What the boards logged. */
    logs: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),

    async board(settings: Partial<BoardSettings> = {}): Promise<Board> {
      const board = await startBoard(
        {
          redis: redisUrl,
          connectorId,
          attempts: 3,
          address: '127.0.0.1',
          port: 0,
          user: null,
          password: null,
          actions: false,
          version: '0.0.0-test',
          ...settings,
        },
        { logger },
      );
      boards.push(board);
      await until('the board is ready', () => board.reasons().length === 0);
      return board;
    },

    /** Makes a dead letter the way a worker does; returns the job's id. */
    async deadLetter(entityId: string, lastError: DeliveryFailure = failure()): Promise<string> {
      const job = await queue.add('deliver', { entityId });
      const connection = connectRedis(redisUrl, 'test-worker', () => {});
      const worker = new Worker<DeliveryData>(
        queue.name,
        async (taken) => {
          await taken.updateData({ ...taken.data, lastError });
          throw new UnrecoverableError(lastError.message);
        },
        { connection, prefix: keys.prefix },
      );
      worker.on('error', () => {});
      try {
        await until('the job failed', async () => (await job.getState()) === 'failed');
      } finally {
        await worker.close();
        connection.disconnect();
      }
      return job.id ?? '';
    },

    async close() {
      for (const board of boards) await board.stop();
      await queue.close();
      redis.disconnect();
    },
  };
}
