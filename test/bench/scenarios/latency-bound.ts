import { FEED } from '../harness/feed.ts';
import { postBare } from '../harness/post-bare.ts';
import { check, measureRow, medianOf, type Scenario, sized } from '../harness/scenario.ts';
import { inWorld } from '../harness/world.ts';

const LATENCY_MS = 50;
/** Deliveries per consumer: a run is at least 0.05 s × so many long. */
const EACH = { full: 200, quick: 60, smoke: 2 };
/** Posts of the bare loop for each of its lanes. */
const BARE = { full: 60, quick: 20, smoke: 2 };
const COUNTS = [
  { consumers: 5, share: 0.95 },
  { consumers: 20, share: 0.95 },
  { consumers: 100, share: 0.85 },
] as const;

/** XSOAR is slow, and nobody but XSOAR may be what is waited for. */
export const latencyBound: Scenario = {
  name: 'latency-bound',
  about: `XSOAR at ${LATENCY_MS} ms, one worker: deliveries per second against consumer_count ÷ XSOAR's time`,
  async run(context) {
    const each = sized(context, EACH);
    /** What nothing but the posts themselves comes to: timers and sockets take their time too. */
    async function bareShare(consumers: number, seed: number): Promise<number> {
      const count = sized(context, BARE) * consumers;
      const { perSecond, serverMs } = await postBare(count, consumers, seed, LATENCY_MS);
      return perSecond / (consumers / (serverMs / 1_000));
    }
    const rows = [];
    const checks = [];
    for (const { consumers, share } of COUNTS) {
      const row = await measureRow(context, `consumer_count ${consumers}`, (seed) =>
        inWorld(context, async (world) => {
          const events = each * consumers;
          await world.xsoar.call('latency', { default: LATENCY_MS });
          await world.fill({ ...FEED, events, seed });
          const ingest = await world.ingest();
          await world.untilRead();
          await ingest.stop();
          const worker = await world.worker({ CONNECTOR_CONSUMER_COUNT: String(consumers) });
          await world.untilDelivered();
          const { firstWriteAtMs, lastAnswerAtMs, insideMs, requests, writes } =
            await world.xsoar.call('arrived', null);
          // The look-ups that go ahead of the first write are not part of a rate.
          const [from, to] = [firstWriteAtMs ?? Number.NaN, lastAnswerAtMs ?? Number.NaN];
          const seconds = (to - from) / 1_000;
          const perSecond = events / seconds;
          // The simulator's timers are late too: what it took is XSOAR's time, not ours.
          const xsoarMs = insideMs / requests;
          // So many writes at a time, one after the other; look-ups go beside them.
          const ideal = consumers / (xsoarMs / 1_000);
          return {
            'deliveries/s': perSecond,
            'share of ideal': perSecond / ideal,
            'bare loop, share of ideal': await bareShare(consumers, seed),
            'writes per delivery': writes / events,
            'requests per delivery': requests / events,
            'XSOAR, ms': xsoarMs,
            'worker, peak MiB': worker.peakRss() / 1_048_576,
          };
        }),
      );
      rows.push(row);
      const measured = medianOf(row, 'share of ideal');
      checks.push(check(`share of ideal at ${consumers}`, measured, 'at least', share));
      if (consumers === 100) {
        const peak = medianOf(row, 'worker, peak MiB');
        checks.push(check('worker, peak MiB at 100', peak, 'at most', 180));
      }
    }
    return {
      parameters: { 'XSOAR, ms': LATENCY_MS, 'events per consumer': each },
      rows,
      checks,
      notes: [],
    };
  },
};
