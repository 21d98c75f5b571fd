import {
  addDeliveries,
  connectRedis,
  createSlots,
  type DeliveryData,
  type DeliveryFailure,
  type DeliveryQueue,
  type Keys,
  type Put,
  type Slots,
} from '@xsoar-intel/pipeline';
import { UnrecoverableError, Worker } from 'bullmq';
import { until } from './until.ts';

/** A failure as a worker notes it. */
export function failure(of: Partial<DeliveryFailure> = {}): DeliveryFailure {
  return {
    operation: 'upsert',
    version: '1700000000000-0',
    reason: 'rejected',
    message: 'create: HTTP 400 bad_request: no such indicator type',
    status: 400,
    body: '{"id":"bad_request","status":400,"detail":"no such indicator type"}',
    request: '{"value":"198.51.100.7","indicator_type":"IP","score":3}',
    firstFailureAt: '2026-02-01T09:00:00.000Z',
    lastFailureAt: '2026-02-01T09:30:00.000Z',
    attempts: 1,
    worker: 'host:1',
    ...of,
  };
}

/** A state and how its delivery failed for good. */
export interface Failed {
  state: Put;
  failure?: Partial<DeliveryFailure>;
}

/** Puts states, fails their deliveries as a worker does, and buries them. */
export async function bury(
  redisUrl: string,
  { keys, queue }: { keys: Keys; queue: DeliveryQueue },
  failed: readonly Failed[],
): Promise<void> {
  const connection = connectRedis(redisUrl, 'test-bury', () => {});
  const slots: Slots = createSlots(connection, keys, {
    leaseMs: 60_000,
    lateWindowMs: 1,
    tombstoneMs: 60_000,
  });
  const noted = new Map(
    failed.map(({ state, failure: of }) => [
      state.entityId,
      failure({ version: state.version.text, operation: state.operation, ...of }),
    ]),
  );
  let buried = 0;
  await slots.put(failed.map(({ state }) => state));
  await addDeliveries(
    queue,
    failed.map(({ state }) => state.entityId),
  );
  const worker = new Worker<DeliveryData>(
    queue.name,
    async (job) => {
      const lastError = noted.get(job.data.entityId) ?? failure();
      await slots.begin(job.data.entityId, job.id ?? '', job.id ?? '');
      await slots.release(job.data.entityId, job.id ?? '', [], {
        uncertain: false,
        class: 'answer',
      });
      await job.updateData({ ...job.data, lastError });
      throw new UnrecoverableError(lastError.message);
    },
    { connection, prefix: keys.prefix, concurrency: 200 },
  );
  worker.on('error', () => {});
  worker.on('failed', (job) => {
    const { entityId, lastError } = job?.data ?? { entityId: '', lastError: undefined };
    void slots.bury(entityId, job?.id ?? '', lastError?.version ?? '').then(() => {
      buried += 1;
    });
  });
  try {
    await until('all are buried', () => buried >= failed.length, { timeoutMs: 60_000 });
  } finally {
    await worker.close();
    connection.disconnect();
  }
}
