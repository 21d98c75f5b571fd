import { FEED } from '../harness/feed.ts';
import { cpuSeconds } from '../harness/proc.ts';
import { check, measureRow, medianOf, type Scenario, sized } from '../harness/scenario.ts';
import { inWorld } from '../harness/world.ts';

const EVENTS = { full: 100_000, quick: 20_000, smoke: 100 };

/** From the socket to slots, jobs and cursor, with nobody else at work. */
export const ingestAlone: Scenario = {
  name: 'ingest-alone',
  about: 'events read, written to slots and queue, cursor moved; no worker',
  async run(context) {
    const events = sized(context, EVENTS);
    const row = await measureRow(context, 'ingest', (seed) =>
      inWorld(context, async (world) => {
        await world.fill({ ...FEED, events, seed });
        const redisBefore = cpuSeconds(world.redisPid);
        const ingest = await world.ingest();
        const endMs = await world.untilRead();
        const { firstAtMs, count } = await world.opencti.call('written', null);
        const seconds = (endMs - (firstAtMs ?? Number.NaN)) / 1_000;
        const cpu = ingest.cpuSeconds();
        return {
          'events/s': count / seconds,
          'events per CPU second of ingest': count / cpu,
          'ingest, µs CPU per event': (cpu * 1e6) / count,
          'Redis, µs CPU per event': ((cpuSeconds(world.redisPid) - redisBefore) * 1e6) / count,
          'ingest, peak MiB': ingest.peakRss() / 1_048_576,
        };
      }),
    );
    return {
      parameters: { events },
      rows: [row],
      checks: [
        check('events/s', medianOf(row, 'events/s'), 'at least', 8_000),
        check('ingest, peak MiB', medianOf(row, 'ingest, peak MiB'), 'at most', 150),
      ],
      notes: ['CPU of ingest is that of the whole process, its start included.'],
    };
  },
};
