import { check, measureRow, medianOf, type Scenario } from '../harness/scenario.ts';
import { inWorld } from '../harness/world.ts';

/** How long a process takes from its start to ready: a rolling restart waits for it. */
export const startUp: Scenario = {
  name: 'start-up',
  about: 'from the start of a process to its first ready answer at /readyz, one at a time',
  async run(context) {
    const row = await measureRow(context, 'empty Redis', () =>
      inWorld(context, async (world) => {
        // The first start on a machine compiles; what follows finds the cache.
        const ingest = await world.ingest();
        await ingest.stop();
        const figures: Record<string, number> = {};
        for (const start of [world.ingest, world.worker, world.board]) {
          const subject = await start();
          figures[`${subject.command}, ms`] = subject.readyMs;
          figures[`${subject.command}, CPU s`] = subject.cpuSeconds();
          await subject.stop();
        }
        return figures;
      }),
    );
    return {
      parameters: {},
      rows: [row],
      checks: ['ingest', 'worker', 'board'].map((name) =>
        check(`${name}, ms`, medianOf(row, `${name}, ms`), 'at most', 1_500),
      ),
      notes: [],
    };
  },
};
