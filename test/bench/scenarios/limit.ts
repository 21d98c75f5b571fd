import { FEED } from '../harness/feed.ts';
import { POSTS, postBare } from '../harness/post-bare.ts';
import { check, measureRow, type Scenario, sized } from '../harness/scenario.ts';

/** The bare loop: the physical limit of this machine, to which the others are compared. */
export const limit: Scenario = {
  name: 'limit',
  about: 'creates posted by a bare keep-alive loop (undici.request), without a queue',
  async run(context) {
    const rows = [];
    for (const concurrency of [20, 40]) {
      rows.push(
        await measureRow(context, `${concurrency} at a time`, async (seed) => {
          const { perSecond, loopMicros, serverMicros } = await postBare(
            sized(context, POSTS),
            concurrency,
            seed,
          );
          return {
            'POSTs/s': perSecond,
            'loop, µs CPU': loopMicros,
            'fake XSOAR, µs CPU': serverMicros,
          };
        }),
      );
    }
    return {
      parameters: { posts: sized(context, POSTS), types: (FEED.types ?? []).join(' ') },
      rows,
      checks: [check('POSTs/s at 20', await context.limit(20), 'at least', 12_500)],
      notes: [],
    };
  },
};
