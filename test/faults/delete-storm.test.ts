/** A storm of deletes: the guard lets so many through, holds the rest, and all else goes on. */
import { entityIdOf } from '@xsoar-intel/opencti';
import { generateFeed, type Operation } from '@xsoar-intel/simulator';
import { afterEach, expect, it } from 'vitest';
import { differences, NONE, type Pipeline, startPipeline } from '../e2e/pipeline.ts';
import { until } from '../support/until.ts';

let pipeline: Pipeline | undefined;
afterEach(() => pipeline?.close());

const GUARD = {
  ...{ DELETE_GUARD_COUNT: '100', DELETE_GUARD_WINDOW: '10m', CONNECTOR_CONSUMER_COUNT: '10' },
  SWEEP_GRACE: '500ms',
};

const idsOf = (feed: readonly Operation[]): string[] =>
  feed.flatMap((one) => (one.kind === 'create' ? [entityIdOf(one.object) ?? ''] : []));
const deletesOf = (ids: readonly string[]): Operation[] =>
  ids.map((id) => ({ kind: 'delete', id }));

it('500 deletes in a burst are held at 100 until somebody resumes, while upserts go on', {
  timeout: 120_000,
}, async () => {
  const running = await startPipeline();
  pipeline = running;
  const { opencti, xsoar } = running;
  const [, first, second] = await Promise.all([
    running.ingest({ CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '0' }),
    running.worker(GUARD),
    running.worker(GUARD),
  ]);
  const create = (events: number, seed: number) => [
    ...generateFeed({
      events,
      entities: events,
      seed,
      updateShare: 0,
      deleteShare: 0,
      ruleShare: 0,
    }),
  ];
  const play = (feed: Iterable<Operation>) => opencti.play(feed).finished;
  const created = create(600, 1);
  await play(created);
  await running.quiet();

  const entities = idsOf(created);
  await play(deletesOf(entities.slice(0, 500)));
  const hold = await until('deletes are held', async () =>
    (await running.snapshot()).holds.find(({ kind }) => kind === 'delete-storm'),
  );
  expect(hold.reason).toBe('more than 100 deletes within 10 min (DELETE_GUARD_COUNT)');
  expect(hold.until).toBeNull();
  const waiting = await until('the rest waits, without jobs', async () => {
    const { pending, jobs } = await running.snapshot();
    const { waiting: queued, active, delayed } = jobs;
    return pending === 400 && queued + active + delayed === 0 ? pending : null;
  });
  expect(waiting).toBe(400);

  // Told by the log once, by metrics and by readiness of each worker.
  const told = [first, second].flatMap((worker) =>
    worker.logs().filter(({ msg }) => String(msg).startsWith('deletes are held')),
  );
  expect(told).toMatchObject([{ level: 'error', hold: 'delete-storm', reason: hold.reason }]);
  await until('both say that they are not quite ready', async () => {
    const said = await Promise.all(
      [first, second].map(async ({ metricsUrl }) => (await fetch(`${metricsUrl}/readyz`)).text()),
    );
    return said.every((text) => text.includes('held (delete-storm): more than 100 deletes'));
  });
  expect(await first.metrics()).toMatch(/^xsoar_intel_held\S*reason="delete-storm"\S* 1$/m);

  // It outlives the workers.
  for (const worker of [first, second]) expect(await worker.end('SIGTERM')).toBe(0);
  await running.worker(GUARD);

  // New indicators are delivered, and one that comes back is not deleted.
  const more = create(100, 2);
  await play(more);
  const back = created
    .slice(400, 420)
    .flatMap((one) =>
      one.kind === 'create'
        ? [{ ...one, object: { ...one.object, modified: new Date().toISOString() } }]
        : [],
    );
  await play(back);
  await until('the new ones are there, 380 still wait', async () => {
    const { pending, holds } = await running.snapshot();
    return pending === 400 - back.length && holds.length === 1;
  });
  // What XSOAR has too much is what waits: nothing is missing meanwhile.
  const { missing, extra } = await running.compare();
  expect(missing).toEqual([]);
  expect(extra.length).toBeGreaterThan(300);
  const deletedSoFar = () => xsoar.stats().operations.delete ?? {};
  const before = JSON.stringify(deletedSoFar());
  expect((await running.snapshot()).jobs.failed).toBe(0);

  // What `xsoar-intel resume --hold delete-storm` does.
  expect(await running.holds.clear('delete-storm')).toBe(true);
  const { dead, holds, jobs } = await running.quiet();
  expect({ dead, holds, failed: jobs.failed }).toEqual({ dead: 0, holds: [], failed: 0 });
  expect(differences(await running.compare())).toEqual(NONE);
  expect(JSON.stringify(deletedSoFar())).not.toBe(before);

  // And the next storm is one again.
  const rest = [...entities.slice(500), ...idsOf(more)];
  await play(deletesOf(rest));
  await until('deletes are held again', async () =>
    (await running.snapshot()).holds.some(({ kind }) => kind === 'delete-storm'),
  );
  await until('100 are gone, the others wait', async () => {
    const { pending } = await running.snapshot();
    return pending === rest.length - 100;
  });
});
