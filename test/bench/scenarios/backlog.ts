import { FEED } from '../harness/feed.ts';
import {
  check,
  measureRow,
  medianOf,
  type Row,
  type Scenario,
  sized,
} from '../harness/scenario.ts';
import { inWorld } from '../harness/world.ts';

const DEPTHS = {
  full: [10_000, 100_000, 500_000],
  quick: [2_000, 20_000],
  smoke: [100, 200],
} as const;
/** Deliveries that are timed at each depth, after as many tenths to get going. */
const TIMED = { full: 8_000, quick: 1_500, smoke: 50 };
const CONSUMERS = 20;
const WORKERS = 2;

const rateOf = (row: Row): number => medianOf(row, 'drain, deliveries/s');

/** Workers were away; then they come back. */
export const backlog: Scenario = {
  name: 'backlog',
  about: 'entities pile up while no worker is there, then two workers drain them',
  async run(context) {
    const timed = sized(context, TIMED);
    const warm = Math.ceil(timed / 10);
    const bare = await context.limit(CONSUMERS);
    const rows: Row[] = [];
    for (const depth of DEPTHS[context.size]) {
      const row = await measureRow(context, `${depth.toLocaleString('en')} pending`, (seed) =>
        inWorld(context, async (world) => {
          await world.fill({ ...FEED, events: depth, seed });
          const { usedMemory } = await world.figures();
          const ingest = await world.ingest();
          const readAtMs = await world.untilRead();
          const read = await world.opencti.call('written', null);
          const full = await world.figures();
          const bytes = (full.usedMemory - usedMemory) / depth;
          const ingestSeconds = (readAtMs - (read.firstAtMs ?? Number.NaN)) / 1_000;
          const workers = await Promise.all(
            Array.from({ length: WORKERS }, () =>
              world.worker({ CONNECTOR_CONSUMER_COUNT: String(CONSUMERS) }),
            ),
          );
          await world.untilPending(depth - warm);
          const begun = performance.now();
          const before = await world.redis.zcard(world.keys.pending);
          await world.untilPending(Math.max(before - timed, 0));
          const seconds = (performance.now() - begun) / 1_000;
          const after = await world.redis.zcard(world.keys.pending);
          return {
            'drain, deliveries/s': (before - after) / seconds,
            'share of the limit': (before - after) / seconds / bare,
            'Redis bytes per entity': bytes,
            'event, JSON bytes': read.eventBytes / read.count,
            'of it the object': read.objectBytes / read.count,
            'Redis bytes ÷ event': bytes / (read.eventBytes / read.count),
            'ingest, events/s': read.count / ingestSeconds,
            'ingest, peak MiB': ingest.peakRss() / 1_048_576,
            'worker, peak MiB': Math.max(...workers.map((one) => one.peakRss())) / 1_048_576,
          };
        }),
      );
      rows.push(row);
    }
    const [least, most] = [rows[0], rows.at(-1)];
    const worst = (figure: string): number => Math.max(...rows.map((row) => medianOf(row, figure)));
    return {
      parameters: { workers: WORKERS, 'deliveries at a time per worker': CONSUMERS, timed },
      rows,
      checks:
        least === undefined || most === undefined
          ? []
          : [
              check(
                `drain rate at ${most.label} ÷ at ${least.label}`,
                rateOf(most) / rateOf(least),
                'at least',
                0.85,
              ),
              check('Redis bytes ÷ event', worst('Redis bytes ÷ event'), 'at most', 1.3),
              check('ingest, peak MiB', worst('ingest, peak MiB'), 'at most', 150),
            ],
      notes: [],
    };
  },
};
