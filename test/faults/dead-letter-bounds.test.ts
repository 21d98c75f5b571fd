/** More dead letters than there may be: the oldest go, which is told before and when it happens. */
import { generateFeed } from '@xsoar-intel/simulator';
import { afterEach, expect, it } from 'vitest';
import { type Pipeline, startPipeline } from '../e2e/pipeline.ts';
import { until } from '../support/until.ts';

let pipeline: Pipeline | undefined;
afterEach(() => pipeline?.close());

it('a worker warns when dead letters are near their bounds, and says which it dropped', {
  timeout: 60_000,
}, async () => {
  const running = await startPipeline();
  pipeline = running;
  running.xsoar.faults.add({ fault: { kind: 'status', status: 400 } });
  await running.ingest({ CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '0' });
  const worker = await running.worker({ DEAD_LETTERS_MAX: '10', SWEEP_INTERVAL: '100ms' });
  const play = (events: number, seed: number) =>
    running.opencti.play(
      generateFeed({
        events,
        entities: events,
        seed,
        updateShare: 0,
        deleteShare: 0,
        ruleShare: 0,
      }),
    ).finished;
  const line = (start: string) =>
    until(`it logs: ${start}`, () =>
      worker.logs().find(({ msg }) => String(msg).startsWith(start)),
    );

  await play(9, 1);
  await until('all are dead letters', async () => (await running.snapshot()).dead >= 8);
  expect(await line('dead letters are near')).toMatchObject({ level: 'warn' });
  const warned = await worker.metrics();
  expect(warned).toMatch(/^xsoar_intel_dead_letters_bound_ratio\S* 0\.[89]/m);
  expect(warned).toMatch(/^xsoar_intel_dead_letters_dropped_total\S*reason="count"\S* 0$/m);

  await play(20, 2);
  const told = await line('dead letters were dropped');
  expect(told.level).toBe('error');
  expect(told.reasons).toEqual(['count']);
  await until('the bound is kept, by jobs too', async () => {
    const { pending, dead, jobs } = await running.snapshot();
    return pending === 0 && dead === 10 && jobs.failed === 10;
  });
  expect(await worker.metrics()).toMatch(
    /^xsoar_intel_dead_letters_dropped_total\S*reason="count"\S* [1-9]/m,
  );
});
