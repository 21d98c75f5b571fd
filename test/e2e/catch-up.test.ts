import { readFileSync } from 'node:fs';
import { keysOf, readStreamStatus } from '@xsoar-intel/pipeline';
import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { indicator } from '../opencti/world.ts';
import { until } from '../support/until.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';

/** `CATCH_UP_OBJECTS=100000` for the figures of docs/opencti.md. */
const OBJECTS = Number(process.env.CATCH_UP_OBJECTS ?? 20_000);
const MIB = 1024 * 1024;
let pipeline: Pipeline;
afterEach(() => pipeline.close());

/** Memory of a process, in MiB. */
function residentMiB(pid: number | undefined): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1024;
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

    const memory: number[] = [];
    const started = performance.now();
    let taken = 0;
    await until(
      'all are read',
      async () => {
        memory.push(residentMiB(ingest.child.pid));
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
    const rise =
      Math.max(...warm.slice(warm.length >> 1)) - Math.max(...warm.slice(0, warm.length >> 1));
    if (process.env.CATCH_UP_OBJECTS !== undefined) {
      const [first = 0] = warm;
      const figures = { perSecond: taken / seconds, first, last: warm.at(-1), rise };
      process.stdout.write(`${OBJECTS} objects, MiB: ${JSON.stringify(figures)}\n`);
    }
    expect(rise).toBeLessThan(32);
    await until('it is live', async () => {
      return (await ingest.metrics()).includes('xsoar_intel_stream_state{state="live"} 1');
    });
    redis.disconnect();
  },
);
