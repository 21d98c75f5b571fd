/**
 * How deliveries per second grow with worker processes, XSOAR at 50 ms.
 *   node_modules/.bin/node test/bench/scaling.bench.ts [events]
 * Real Redis (AOF everysec), real processes; median of 3 runs each, in one run.
 * A new indicator is a look-up, made ahead and for several at once, and a create.
 */
import { cpus } from 'node:os';
import { generateFeed } from '@xsoar-intel/simulator';
import { startPipeline } from '../e2e/pipeline.ts';
import { until } from '../support/until.ts';

const EVENTS = Number(process.argv[2] ?? 1_500);
const RUNS = 3;
const LATENCY_MS = 50;
const out = (line: string): unknown => process.stdout.write(`${line}\n`);

/** Deliveries per second of one run with so many workers. */
async function run(workers: number, seed: number): Promise<number> {
  const pipeline = await startPipeline({ xsoar: { latency: { default: LATENCY_MS } } });
  try {
    const ingest = await pipeline.ingest();
    const feed = generateFeed({
      events: EVENTS,
      seed,
      updateShare: 0,
      deleteShare: 0,
      ruleShare: 0,
    });
    await pipeline.opencti.play(feed).finished;
    // The backlog lies there before anybody works on it, so that the drain alone is timed.
    const lastId = pipeline.opencti.stats().events.lastId;
    await until('all is read', async () => (await pipeline.snapshot()).cursor?.id.text === lastId);
    await ingest.end('SIGTERM');
    const started = await Promise.all(Array.from({ length: workers }, () => pipeline.worker()));
    await until('work has begun', () => pipeline.xsoar.stats().objects > 0);
    const { pending: before } = await pipeline.snapshot();
    const began = performance.now();
    await until('all is delivered', async () => (await pipeline.snapshot()).pending === 0, {
      timeoutMs: 300_000,
      everyMs: 50,
    });
    const seconds = (performance.now() - began) / 1_000;
    await Promise.all(started.map((worker) => worker.end('SIGTERM')));
    return before / seconds;
  } finally {
    await pipeline.close();
  }
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

out(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; ${EVENTS} events, XSOAR ${LATENCY_MS} ms, 5 writes at a time per worker, median of ${RUNS}`,
);
let one = 0;
for (const workers of [1, 2, 4]) {
  const rates: number[] = [];
  for (let seed = 1; seed <= RUNS; seed += 1) rates.push(await run(workers, seed));
  const rate = median(rates);
  one ||= rate;
  out(
    `${workers} workers: ${rate.toFixed(1)} deliveries/s (${rates.map((r) => r.toFixed(1)).join(', ')}), ${(rate / one).toFixed(2)} × one`,
  );
}
process.exit(0);
