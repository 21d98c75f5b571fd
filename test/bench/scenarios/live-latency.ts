import { FEED } from '../harness/feed.ts';
import { check, measureRow, medianOf, type Scenario, sized } from '../harness/scenario.ts';
import { percentile } from '../harness/statistics.ts';
import { inWorld } from '../harness/world.ts';

const PER_SECOND = 200;
const SECONDS = { full: 30, quick: 8, smoke: 0.3 };
const WARM_SECONDS = { full: 10, quick: 4, smoke: 0.2 };

/** How long one event takes when there is no hurry. */
export const liveLatency: Scenario = {
  name: 'live-latency',
  about: `${PER_SECOND} events/s, XSOAR at 0 ms: from the event's write on the SSE socket to its create's arrival`,
  async run(context) {
    const row = await measureRow(context, '1 worker', (seed) =>
      inWorld(context, async (world) => {
        const play = (seconds: number, of: number) =>
          world.opencti.call('play', {
            options: { ...FEED, events: Math.ceil(PER_SECOND * seconds), seed: of },
            ratePerSecond: PER_SECOND,
          });
        await Promise.all([world.worker(), world.ingest()]);
        await play(sized(context, WARM_SECONDS), seed + 1_000);
        await world.untilDelivered();
        await world.opencti.call('forget', { values: true });
        await world.xsoar.call('forget', { values: true });
        await play(sized(context, SECONDS), seed);
        await world.untilDelivered();
        const arrived = new Map(await world.xsoar.call('values', null));
        const waits: number[] = [];
        for (const [value, atMs] of await world.opencti.call('values', null)) {
          const arrivedMs = arrived.get(value);
          if (arrivedMs !== undefined) waits.push(arrivedMs - atMs);
        }
        const { count } = await world.opencti.call('written', null);
        if (waits.length < count) throw new Error(`${waits.length} of ${count} events arrived`);
        return {
          'p50, ms': percentile(waits, 50),
          'p95, ms': percentile(waits, 95),
          'p99, ms': percentile(waits, 99),
          'most, ms': percentile(waits, 100),
        };
      }),
    );
    return {
      parameters: {
        events: Math.ceil(PER_SECOND * sized(context, SECONDS)),
        'deliveries at a time': 'as by default',
      },
      rows: [row],
      checks: [
        check('p50, ms', medianOf(row, 'p50, ms'), 'at most', 8),
        check('p99, ms', medianOf(row, 'p99, ms'), 'at most', 40),
      ],
      notes: [],
    };
  },
};
