import { FEED } from '../harness/feed.ts';
import { startProgram } from '../harness/program.ts';
import { measureRow, type Row, type Scenario, sized } from '../harness/scenario.ts';
import { inWorld, type World } from '../harness/world.ts';
import type { CollectorCalls } from '../processes/fake-collector.ts';

const EVENTS = { full: 20_000, quick: 5_000, smoke: 100 };
const CONSUMERS = { CONNECTOR_CONSUMER_COUNT: '20' };
/** Share of the events whose trace is recorded; null: no collector is set. */
const SHARES: readonly (readonly [label: string, share: string | null])[] = [
  ['off', null],
  ['on, 1 % of the events', '0.01'],
  ['on, every event', '1'],
];

/** What tracing costs: the same work without, with little and with all of it. */
export const tracing: Scenario = {
  name: 'tracing',
  about: 'ingest alone, then the drain by one worker alone, without traces, with 1 % and with all',
  async run(context) {
    const events = sized(context, EVENTS);

    async function measure(
      world: World,
      collector: { call(name: 'url', argument: null): Promise<string> },
      share: string | null,
    ): Promise<Record<string, number>> {
      const environment: Record<string, string> =
        share === null
          ? {}
          : {
              OTEL_EXPORTER_OTLP_ENDPOINT: await collector.call('url', null),
              OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
              OTEL_TRACES_SAMPLER_ARG: share,
            };
      const { usedMemory } = await world.figures();
      const ingest = await world.ingest(environment);
      const ingestStart = ingest.cpuSeconds();
      const readAtMs = await world.untilRead();
      const { firstAtMs, count } = await world.opencti.call('written', null);
      const ingestCpu = ingest.cpuSeconds() - ingestStart;
      const bytes = ((await world.figures()).usedMemory - usedMemory) / count;
      const ingestPeak = ingest.peakRss();
      await ingest.stop();
      const worker = await world.worker({ ...CONSUMERS, ...environment });
      const workerStart = worker.cpuSeconds();
      await world.untilDelivered();
      const workerCpu = worker.cpuSeconds() - workerStart;
      const workerPeak = worker.peakRss();
      const { firstAtMs: first, lastWriteAtMs: last } = await world.xsoar.call('arrived', null);
      await worker.stop();
      return {
        'ingest, events/s': (1_000 * count) / (readAtMs - (firstAtMs ?? Number.NaN)),
        'ingest, µs CPU per event': (1e6 * ingestCpu) / count,
        'Redis bytes per entity': bytes,
        'drain, deliveries/s': (1_000 * count) / ((last ?? Number.NaN) - (first ?? Number.NaN)),
        'worker, µs CPU per event': (1e6 * workerCpu) / count,
        'ingest, peak MiB': ingestPeak / 1_048_576,
        'worker, peak MiB': workerPeak / 1_048_576,
      };
    }

    const rows: Row[] = [];
    for (const [label, share] of SHARES) {
      rows.push(
        await measureRow(context, label, (seed) =>
          inWorld(context, async (world) => {
            const collector = await startProgram<CollectorCalls>('fake-collector');
            try {
              await world.fill({ ...FEED, events, seed });
              const figures = await measure(world, collector, share);
              const { spans, bytes } = await collector.call('taken', null);
              return {
                ...figures,
                'spans per event': spans / events,
                'JSON bytes per event': bytes / events,
              };
            } finally {
              await collector.close();
            }
          }),
        ),
      );
    }
    return {
      parameters: { events, 'deliveries at a time': CONSUMERS.CONNECTOR_CONSUMER_COUNT },
      rows,
      checks: [],
      notes: ['a joined look-up is one span in the trace of each delivery that it serves'],
    };
  },
};
