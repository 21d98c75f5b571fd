import { FEED } from '../harness/feed.ts';
import { check, measureRow, medianOf, type Scenario, sized } from '../harness/scenario.ts';
import { inWorld } from '../harness/world.ts';

const EVENTS = { full: 50_000, quick: 10_000, smoke: 100 };
const CONSUMERS = 20;
const WORKERS = [
  { workers: 1, share: 0.12 },
  { workers: 2, share: 0.2 },
] as const;

/** Everything at once, from the first event read to the last push. */
export const throughput: Scenario = {
  name: 'throughput',
  about: 'XSOAR at 0 ms, one ingest and workers, from the first event read to the last push',
  async run(context) {
    const events = sized(context, EVENTS);
    const bare = await context.limit(CONSUMERS);
    const rows = [];
    const checks = [];
    for (const { workers, share } of WORKERS) {
      const label = `${workers} worker${workers === 1 ? '' : 's'}`;
      const row = await measureRow(context, label, (seed) =>
        inWorld(context, async (world) => {
          await world.fill({ ...FEED, events, seed });
          const environment = { CONNECTOR_CONSUMER_COUNT: String(CONSUMERS) };
          const started = await Promise.all(
            Array.from({ length: workers }, () => world.worker(environment)),
          );
          const ingest = await world.ingest();
          await world.untilDelivered();
          const { firstAtMs, count } = await world.opencti.call('written', null);
          const { lastWriteAtMs, requests } = await world.xsoar.call('arrived', null);
          const seconds = ((lastWriteAtMs ?? Number.NaN) - (firstAtMs ?? Number.NaN)) / 1_000;
          return {
            'events/s': count / seconds,
            'share of the limit': count / seconds / bare,
            'requests per event': requests / count,
            'ingest, peak MiB': ingest.peakRss() / 1_048_576,
            'worker, peak MiB': Math.max(...started.map((one) => one.peakRss())) / 1_048_576,
          };
        }),
      );
      rows.push(row);
      checks.push(
        check(
          `share of the limit, ${label}`,
          medianOf(row, 'share of the limit'),
          'at least',
          share,
        ),
      );
    }
    return {
      parameters: { events, 'deliveries at a time per worker': CONSUMERS, 'limit, POSTs/s': bare },
      rows,
      checks,
      notes: [],
    };
  },
};
