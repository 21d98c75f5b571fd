import { randomUUID } from 'node:crypto';
import { cpuSeconds } from '../harness/proc.ts';
import { type Program, startProgram } from '../harness/program.ts';
import { measureRow, type Scenario, sized } from '../harness/scenario.ts';
import { inWorld } from '../harness/world.ts';
import type { QueueCalls } from '../processes/queue-loop.ts';

const JOBS = { full: 50_000, quick: 10_000, smoke: 100 };
const CONSUMERS = 20;

/** The limit of the queue: nothing that we build on BullMQ can be faster than BullMQ. */
export const queueLimit: Scenario = {
  name: 'queue-limit',
  about:
    'a BullMQ job for each create, posted by undici.request, and nothing else: no state, lease or look-up',
  async run(context) {
    const count = sized(context, JOBS);
    const bare = await context.limit(CONSUMERS);
    const rows = [];
    for (const workers of [1, 2]) {
      const label = `${workers} worker${workers === 1 ? '' : 's'}`;
      rows.push(
        await measureRow(context, label, (seed) =>
          inWorld(context, async ({ redisUrl, redisPid, xsoar, untilWritten }) => {
            const programs = await Promise.all(
              Array.from({ length: workers + 1 }, () => startProgram<QueueCalls>('queue-loop')),
            );
            const [adder, ...working] = programs as [Program<QueueCalls>, ...Program<QueueCalls>[]];
            try {
              const access = await xsoar.call('access', null);
              const order = { redisUrl, connectorId: randomUUID(), ...access, count, seed };
              await Promise.all(
                working.map((one) => one.call('work', { ...order, concurrency: CONSUMERS })),
              );
              const redisBefore = cpuSeconds(redisPid);
              await adder.call('add', order);
              await untilWritten(count);
              const { firstAtMs, lastWriteAtMs } = await xsoar.call('arrived', null);
              const seconds = ((lastWriteAtMs ?? Number.NaN) - (firstAtMs ?? Number.NaN)) / 1_000;
              const worked = await Promise.all(working.map((one) => one.call('cpu', null)));
              return {
                'jobs/s': count / seconds,
                'share of the limit': count / seconds / bare,
                'workers, µs CPU per job': worked.reduce((sum, one) => sum + one, 0) / count,
                'Redis, µs CPU per job': ((cpuSeconds(redisPid) - redisBefore) * 1e6) / count,
              };
            } finally {
              await Promise.all(programs.map((one) => one.close()));
            }
          }),
        ),
      );
    }
    return {
      parameters: { jobs: count, 'at a time per worker': CONSUMERS, 'limit, POSTs/s': bare },
      rows,
      checks: [],
      notes: [],
    };
  },
};
