import { readFileSync } from 'node:fs';
import { keysOf, readStreamStatus } from '@xsoar-intel/pipeline';
import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { indicator } from '../opencti/world.ts';
import { until } from '../support/until.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';

/** Objects of the catch-up; `CATCH_UP_OBJECTS` for other counts. Figures: docs/performance.md. */
const OBJECTS = Number(process.env.CATCH_UP_OBJECTS ?? 100_000);
const MIB = 1024 * 1024;
let pipeline: Pipeline;
afterEach(() => pipeline.close());

/** Memory of a process, in MiB. */
function residentMiB(pid: number | undefined): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1024;
}

/** Rise of memory by least squares, in MiB for each 10,000 objects. */
function slopeOf(samples: readonly { objects: number; mib: number }[]): number {
  const mean = (values: number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
  const objects = mean(samples.map((one) => one.objects));
  const mib = mean(samples.map((one) => one.mib));
  const products = samples.map((one) => (one.objects - objects) * (one.mib - mib));
  const squares = samples.map((one) => (one.objects - objects) ** 2);
  return (mean(products) / mean(squares)) * 10_000;
}

it.skipIf(process.platform !== 'linux')(
  'a long catch-up under backpressure pauses the socket and keeps memory flat',
  { timeout: 600_000 },
  async () => {
    pipeline = await startPipeline({ opencti: { retention: 10 } });
    const at = Date.now() - 3_600_000;
    const padding = 'x'.repeat(1_500);
    for (let n = 1; n <= OBJECTS; n += 1) {
      const object = indicator(n, at + n, { description: padding });
      pipeline.opencti.append({ kind: 'create', object });
    }
    const ingest = await pipeline.ingest({
      CONNECTOR_LIVE_STREAM_RECOVER_ISO_DATE: new Date(Date.now() + 1_000).toISOString(),
      PENDING_HIGH_WATER: '2000',
      PENDING_LOW_WATER: '500',
    });
    const redis = new Redis(pipeline.redis.url);
    const keys = keysOf(pipeline.connectorId);
    const connection = () => pipeline.opencti.stats().connections[0];

    const blocked = await until(
      'the platform cannot write any more',
      () => {
        const now = connection();
        return now !== undefined && now.blockedSince !== null ? now : null;
      },
      { timeoutMs: 30_000 },
    );
    // The high mark, what one read of the socket brings, and what the system's buffers take.
    expect(blocked.recovered).toBeLessThan(OBJECTS / 2);
    expect(blocked.bufferedBytes).toBeLessThan(2 * MIB);
    await until('it is told', async () => {
      const status = await readStreamStatus(redis, keys);
      return status?.heldBack !== null && status?.catchUp && status.catchUp.objects > 0
        ? status
        : null;
    });
    const before = connection()?.recovered;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(connection()?.recovered).toBe(before);
    expect(await ingest.metrics()).toMatch(/^xsoar_intel_backpressure 1$/m);
    expect(await ingest.metrics()).toMatch(/^xsoar_intel_catch_up_active 1$/m);
    for (const name of ['position_timestamp', 'left']) {
      const series = new RegExp(`^xsoar_intel_catch_up_${name}_seconds \\d`, 'm');
      await until(`${name} is served`, async () => series.test(await ingest.metrics()));
    }
    expect(await ingest.metrics()).toMatch(/^xsoar_intel_catch_up_objects_per_second \d/m);

    const memory: { objects: number; mib: number }[] = [];
    const started = performance.now();
    let taken = 0;
    await until(
      'all are read',
      async () => {
        memory.push({ objects: taken, mib: residentMiB(ingest.child.pid) });
        // What is pending is delivered, as workers would.
        const [ids] =
          (await redis.multi().zrange(keys.pending, '0', '-1').del(keys.pending).exec()) ?? [];
        const entities = Array.isArray(ids?.[1]) ? ids[1].map(String) : [];
        taken += entities.length;
        if (entities.length > 0) await redis.del(entities.map((id) => keys.slot(id)));
        return taken >= OBJECTS;
      },
      { timeoutMs: 500_000, everyMs: 100 },
    );
    const seconds = (performance.now() - started) / 1_000;
    // The first quarter warms up: code, buffers, the heap's first growth.
    const warm = memory.slice(Math.floor(memory.length / 4));
    const most = (samples: typeof warm) => Math.max(...samples.map(({ mib }) => mib));
    const rise = most(warm.slice(warm.length >> 1)) - most(warm.slice(0, warm.length >> 1));
    const figures = [
      `${Math.round(taken / seconds)} a second`,
      `memory ${Math.round(most(warm))} MiB at most`,
      `slope ${slopeOf(warm).toFixed(2)} MiB per 10,000 objects`,
    ];
    process.stdout.write(`catch-up of ${OBJECTS} objects: ${figures.join(', ')}\n`);
    expect(rise).toBeLessThan(32);
    await until('it is live', async () => {
      return (await ingest.metrics()).includes('xsoar_intel_stream_state{state="live"} 1');
    });
    redis.disconnect();
  },
);
