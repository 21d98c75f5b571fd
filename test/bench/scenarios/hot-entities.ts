import { FEED } from '../harness/feed.ts';
import { check, measureRow, medianOf, type Scenario, sized } from '../harness/scenario.ts';
import { inWorld, type World } from '../harness/world.ts';

const UPDATES = { full: 200_000, quick: 20_000, smoke: 300 };
const ENTITIES = { full: 1_000, quick: 100, smoke: 20 };
const CONSUMERS = { CONNECTOR_CONSUMER_COUNT: '20' };

/** Many states of few entities: what was skipped over was never needed. */
export const hotEntities: Scenario = {
  name: 'hot-entities',
  about: 'updates on few entities, as fast as ingest reads them: how many become pushes',
  async run(context) {
    const updates = sized(context, UPDATES);
    const entities = sized(context, ENTITIES);
    const feed = { ...FEED, entities, events: entities + updates, patternShare: 0, revokeShare: 0 };

    async function figures(world: World, readAtMs: number) {
      await world.untilDelivered();
      const { firstAtMs, count } = await world.opencti.call('written', null);
      const arrived = await world.xsoar.call('arrived', null);
      const first = firstAtMs ?? Number.NaN;
      const readSeconds = (readAtMs - first) / 1_000;
      const allSeconds = ((arrived.lastWriteAtMs ?? Number.NaN) - first) / 1_000;
      return {
        'pushes per entity': arrived.writes / entities,
        'read, s': readSeconds,
        'all pushed, s': allSeconds,
        'all pushed ÷ read': allSeconds / readSeconds,
        'events/s': count / readSeconds,
      };
    }

    const during = await measureRow(context, 'worker at work meanwhile', (seed) =>
      inWorld(context, async (world) => {
        await world.fill({ ...feed, seed });
        await world.worker(CONSUMERS);
        await world.ingest();
        return figures(world, await world.untilRead());
      }),
    );
    const after = await measureRow(context, 'worker starts afterwards', (seed) =>
      inWorld(context, async (world) => {
        await world.fill({ ...feed, seed });
        await world.ingest();
        const readAtMs = await world.untilRead();
        await world.worker(CONSUMERS);
        return figures(world, readAtMs);
      }),
    );
    return {
      parameters: { updates, entities, 'deliveries at a time': CONSUMERS.CONNECTOR_CONSUMER_COUNT },
      rows: [during, after],
      checks: [
        check('pushes per entity', medianOf(during, 'pushes per entity'), 'at most', 2),
        check('all pushed ÷ read', medianOf(during, 'all pushed ÷ read'), 'at most', 1.1),
        check(
          'pushes per entity, worker afterwards',
          medianOf(after, 'pushes per entity'),
          'at most',
          1,
        ),
      ],
      notes: [],
    };
  },
};
