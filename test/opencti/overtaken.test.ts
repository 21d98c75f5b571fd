/** Trimming overtakes a reader that is held back, on a connection that stays open. */
import { afterEach, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { indicator, startWorld, type World } from './world.ts';

const CATCH_UP = { startAt: null, recoverUntil: 'now' } as const;
const MARKS = { pendingHigh: 3, pendingLow: 1, memoryHigh: 2, memoryLow: 2 };
/** Of events of this size the buffers of a socket hold only some; the others wait at the platform. */
const LARGE = { description: 'x'.repeat(1_000_000) };
const LAST = 22;
let world: World;
afterEach(() => world.close());

const create = (n: number, more: object = {}) =>
  world.opencti.append({ kind: 'create', object: indicator(n, Date.now(), more) });

it.each([
  ['it reads on after a long pause', { pauseMaxMs: 0 }],
  ['it looks how far the stream reaches', { horizon: { everyMs: 50, refusedMs: 50 } }],
])(
  'a hole made by trimming during a pause is noticed and caught up when %s',
  {
    timeout: 90_000,
  },
  async (_name, times) => {
    world = await startWorld({ retention: 5 });
    const { said, metric } = world.ingest(CATCH_UP, { waterMarks: MARKS, ...times });
    await until('it is live', async () => (await world.status())?.state === 'live');
    for (const n of [1, 2, 3]) create(n);
    await until('nothing is read any more', async () => (await world.status())?.heldBack);
    for (let n = 4; n <= LAST; n += 1) create(n, LARGE);
    await until('the platform cannot write', () =>
      world.opencti.stats().connections.some(({ blockedSince }) => blockedSince !== null),
    );
    if ('horizon' in times)
      await until('it is seen', () => said('trimmed up to beyond').length > 0);
    const read = new Set<number>();
    await until(
      'all are read',
      async () => {
        for (const n of await world.take()) read.add(n);
        return read.size === LAST;
      },
      { timeoutMs: 60_000 },
    );
    expect(await metric('xsoar_intel_stream_gaps_total')).toBeGreaterThan(0);
    expect(said('no longer has the events after the cursor')[0]).toMatchObject({ gap: 'trimmed' });
  },
);
