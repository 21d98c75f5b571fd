import type { StixObject } from '@xsoar-intel/opencti';
import { mapIndicator } from '@xsoar-intel/pipeline';
import { generateFeed } from '@xsoar-intel/simulator';
import { check, measureRow, medianOf, type Scenario, sized } from '../harness/scenario.ts';

const OBJECTS = { full: 20_000, quick: 10_000, smoke: 200 };
const ROUND_MS = { full: 2_000, quick: 1_000, smoke: 10 };
const OPTIONS = { source: 'OpenCTI bench', authorName: () => 'Northwind CERT' };

/** Pattern and mapping on one core, without any input or output. */
export const mappingAlone: Scenario = {
  name: 'mapping-alone',
  about: 'patterns parsed and objects mapped to what XSOAR should hold, in this process',
  async run(context) {
    const count = sized(context, OBJECTS);
    const roundMs = sized(context, ROUND_MS);
    const row = await measureRow(context, 'one core', async (seed) => {
      const objects: StixObject[] = [];
      // Every kind of observable, several values and hashes, rules that are not mapped.
      for (const operation of generateFeed({
        events: count,
        updateShare: 0,
        deleteShare: 0,
        seed,
      })) {
        if (operation.kind === 'create') objects.push(operation.object);
      }
      const all = (): number => {
        let made = 0;
        for (const object of objects) {
          const mapped = mapIndicator(object, OPTIONS);
          made += mapped.ok ? mapped.indicators.length : 0;
        }
        return made;
      };
      if (all() === 0) throw new Error('nothing was mapped');
      let done = 0;
      const cpu = process.cpuUsage();
      const begun = performance.now();
      while (performance.now() - begun < roundMs) {
        all();
        done += objects.length;
      }
      const seconds = (performance.now() - begun) / 1_000;
      const { user, system } = process.cpuUsage(cpu);
      return {
        'objects/s': done / seconds,
        'objects per CPU second': (done * 1e6) / (user + system),
      };
    });
    return {
      parameters: { objects: count },
      rows: [row],
      checks: [check('objects/s', medianOf(row, 'objects/s'), 'at least', 100_000)],
      notes: [],
    };
  },
};
