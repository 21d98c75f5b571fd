import { FEED } from '../harness/feed.ts';
import { cpuSeconds } from '../harness/proc.ts';
import { commandsBetween } from '../harness/redis-figures.ts';
import { measureRow, type Row, type Scenario, sized } from '../harness/scenario.ts';
import { inWorld, type World } from '../harness/world.ts';

const EVENTS = { full: 20_000, quick: 5_000, smoke: 100 };
const CONSUMERS = { CONNECTOR_CONSUMER_COUNT: '20' };
/** Commands of a phase that are listed. */
const LISTED = 12;

type Phase = 'ingest' | 'worker';

/** What one event costs; one process after the other, so that Redis' part has an owner. */
export const cost: Scenario = {
  name: 'cost',
  about: 'CPU and Redis commands per event: first ingest alone, then the drain by one worker alone',
  async run(context) {
    const events = sized(context, EVENTS);
    const notes = new Map<Phase, string>();

    /** Runs a phase and measures what it costs. */
    async function phase(
      world: World,
      name: Phase,
      start: () => Promise<{ cpuSeconds(): number; stop(): Promise<void> }>,
      end: () => Promise<unknown>,
    ): Promise<Record<string, number>> {
      const cpu = () => ({
        redis: cpuSeconds(world.redisPid),
        opencti: cpuSeconds(world.opencti.pid),
        xsoar: cpuSeconds(world.xsoar.pid),
      });
      world.ownCommands();
      const [before, cpuBefore] = [await world.figures(), cpu()];
      const subject = await start();
      const startSeconds = subject.cpuSeconds();
      await end();
      const own = subject.cpuSeconds();
      const cpuAfter = cpu();
      const after = await world.figures();
      const commands = commandsBetween(before, after, world.ownCommands());
      await subject.stop();
      const per = (value: number): number => value / events;
      const micros = (seconds: number): number => per(seconds * 1e6);
      const listed = commands
        .slice(0, LISTED)
        .map(([command, calls]) => `${command} ${per(calls).toFixed(2)}`);
      notes.set(name, `${name}, Redis commands per event: ${listed.join(', ')}`);
      return {
        [`${name}, µs CPU`]: micros(own - startSeconds),
        'its start, CPU s': startSeconds,
        'Redis, µs CPU': micros(cpuAfter.redis - cpuBefore.redis),
        'Redis commands, those in scripts too': per(
          commands.reduce((sum, [, calls]) => sum + calls, 0),
        ),
        'Redis socket reads': per(after.reads - before.reads),
        'simulator, µs CPU':
          name === 'ingest'
            ? micros(cpuAfter.opencti - cpuBefore.opencti)
            : micros(cpuAfter.xsoar - cpuBefore.xsoar),
      };
    }

    const worker: Record<string, number>[] = [];
    const ingest: Row = await measureRow(context, 'ingest', (seed) =>
      inWorld(context, async (world) => {
        await world.fill({ ...FEED, events, seed });
        const read = await phase(world, 'ingest', () => world.ingest(), world.untilRead);
        worker.push(
          await phase(world, 'worker', () => world.worker(CONSUMERS), world.untilDelivered),
        );
        return read;
      }),
    );
    const drains = worker.values();
    const drain: Row = await measureRow(context, 'worker', async () => drains.next().value ?? {});
    const rename = ({ label, figures }: Row): Row => ({
      label: `${label}, per event`,
      figures: Object.fromEntries(
        Object.entries(figures).map(([name, runs]) => [
          name.replace(/^(ingest|worker), /, 'itself, '),
          runs,
        ]),
      ),
    });
    return {
      parameters: { events, 'deliveries at a time': CONSUMERS.CONNECTOR_CONSUMER_COUNT },
      rows: [rename(ingest), rename(drain)],
      checks: [],
      notes: [...notes.values()],
    };
  },
};
