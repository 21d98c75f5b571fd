/** A pipeline with one worker, whose XSOAR fails in the way that a test says. */
import type { Fault } from '@xsoar-intel/simulator';
import { startPipeline } from '../e2e/pipeline.ts';
import { createDomain, deleteDomain, entityIdOf, updateDomain } from '../support/indicators.ts';
import { until } from '../support/until.ts';

/** The request that meets a fault: that of a new indicator, or of one that XSOAR has. */
export type FaultyRequest = 'create' | 'search' | 'edit' | 'delete';

/** Starts the processes and waits until events are read and delivered. */
export async function startXsoarWorld() {
  const pipeline = await startPipeline();
  const [ingest, worker] = await Promise.all([pipeline.ingest(), pipeline.worker()]);
  const { xsoar, opencti } = pipeline;

  const inXsoar = (name: string) =>
    until(`${name} is in XSOAR`, () => xsoar.get(name), { timeoutMs: 20_000 });

  /** Creates an indicator and waits until it is in XSOAR. */
  async function delivered(name: string): Promise<void> {
    opencti.append(createDomain(name));
    await inXsoar(name);
  }

  const settled = () =>
    until('all is settled', async () => (await pipeline.snapshot()).pending === 0);

  // Only what comes after the first connection is read.
  await until('the stream is read', () => opencti.stats().connectionsOpened > 0);
  await delivered('warm-up.example');

  return {
    pipeline,
    ingest,
    worker,
    delivered,
    settled,

    /** Has a request of an indicator fail, each time or so many times. */
    async meet(
      request: FaultyRequest,
      name: string,
      fault: Fault,
      limit: { times?: number } = {},
    ): Promise<void> {
      if (request === 'create') {
        xsoar.faults.add({ fault, operations: [request], value: name, ...limit });
        opencti.append(createDomain(name));
        return;
      }
      await delivered(name);
      await settled();
      xsoar.faults.add({ fault, operations: [request], ...limit });
      opencti.append(request === 'delete' ? deleteDomain(name) : updateDomain(name, 10));
    },

    /** Waits until XSOAR has what the request was to bring. */
    async arrived(request: FaultyRequest, name: string): Promise<void> {
      if (request === 'create') await inXsoar(name);
      else {
        await until(
          `XSOAR has the newest state of ${name}`,
          () => (request === 'delete' ? !xsoar.get(name) : xsoar.get(name)?.score === 1),
          { timeoutMs: 20_000 },
        );
      }
    },

    /** A sample of a counter or gauge of the worker; 0 where it is not there yet. */
    async metric(sample: string): Promise<number> {
      const text = await worker.metrics();
      const line = text.split('\n').find((one) => one.startsWith(`${sample} `));
      return line === undefined ? 0 : Number(line.slice(sample.length + 1));
    },

    /** Attempts that the job of an indicator has used up; 0 once it is delivered. */
    async attemptsBurnt(name: string): Promise<number> {
      const jobId = await pipeline.client.get(pipeline.queue.toKey(`de:${entityIdOf(name)}`));
      return jobId === null ? 0 : ((await pipeline.queue.getJob(jobId))?.attemptsMade ?? 0);
    },

    /** Waits for a line of the worker that has these fields. */
    logged: (fields: Record<string, unknown>) =>
      until(`it is logged: ${JSON.stringify(fields)}`, () =>
        worker
          .logs()
          .find((line) => Object.entries(fields).every(([name, value]) => line[name] === value)),
      ),
  };
}

/** See {@link startXsoarWorld}. */
export type XsoarWorld = Awaited<ReturnType<typeof startXsoarWorld>>;

/** What a request does, in the words of metrics and dead letters. */
export const operationOf = (request: FaultyRequest): 'upsert' | 'delete' =>
  request === 'delete' ? 'delete' : 'upsert';

/** Deliveries that failed on their entity's account. */
export const failedDeliveries = (request: FaultyRequest): string =>
  `xsoar_intel_deliveries_total{operation="${operationOf(request)}",outcome="retry"}`;
