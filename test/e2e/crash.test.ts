import { generateFeed } from '@xsoar-intel/simulator';
import { describe, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { differences, NONE, type Pipeline, startPipeline } from './pipeline.ts';

/** A test with a pipeline of its own. They run side by side: a feed has its pace, and a lease its time. */
const withPipeline = (title: string, test: (pipeline: Pipeline) => Promise<void>): void =>
  it.concurrent(title, async () => {
    const pipeline = await startPipeline({
      xsoar: { latency: { default: { minMs: 0, maxMs: 20 } } },
    });
    try {
      await test(pipeline);
    } finally {
      await pipeline.close();
    }
  });

/** Plays a feed while something happens to the pipeline. */
const play = ({ opencti }: Pipeline, events: number, ratePerSecond: number) =>
  opencti.play(generateFeed({ events, seed: 7, entities: events / 3, updateShare: 0.5 }), {
    ratePerSecond,
  });

const delivered = ({ xsoar }: Pipeline, count: number) =>
  until(`${count} indicators are in XSOAR`, () => xsoar.stats().objects >= count);

describe('nothing is lost and the final state is equal', { timeout: 120_000 }, () => {
  withPipeline('when the ingest is killed in mid-stream and started again', async (pipeline) => {
    const ingest = await pipeline.ingest();
    await pipeline.worker();
    const playing = play(pipeline, 1_500, 300);
    await delivered(pipeline, 50);
    await ingest.end('SIGKILL');
    await pipeline.ingest();
    await until(
      'the second ingest reads',
      async () => pipeline.opencti.stats().connectionsOpened > 1,
    );
    await playing.finished;
    await pipeline.quiet();
    expect(differences(await pipeline.compare())).toEqual(NONE);
  });

  withPipeline('when a worker is killed in mid-stream and another is started', async (pipeline) => {
    await pipeline.ingest();
    const worker = await pipeline.worker();
    const playing = play(pipeline, 1_500, 300);
    await delivered(pipeline, 50);
    await worker.end('SIGKILL');
    await pipeline.worker();
    await playing.finished;
    await pipeline.quiet();
    expect(differences(await pipeline.compare())).toEqual(NONE);
  });

  withPipeline('when Redis is killed in mid-stream and started again', async (pipeline) => {
    const ingest = await pipeline.ingest();
    const worker = await pipeline.worker();
    const playing = play(pipeline, 1_500, 300);
    await delivered(pipeline, 50);
    await pipeline.redis.kill();
    await pipeline.redis.start();
    await playing.finished;
    await pipeline.quiet();
    expect(differences(await pipeline.compare())).toEqual(NONE);
    // Both lived through it.
    expect(await ingest.end('SIGTERM')).toBe(0);
    expect(await worker.end('SIGTERM')).toBe(0);
  });

  withPipeline('when everything is ended in order and started again', async (pipeline) => {
    const ingest = await pipeline.ingest();
    const worker = await pipeline.worker();
    const playing = play(pipeline, 1_500, 300);
    await delivered(pipeline, 50);
    expect(await ingest.end('SIGTERM')).toBe(0);
    expect(await worker.end('SIGTERM')).toBe(0);
    // What was under way was finished or handed back: no job is left active.
    expect((await pipeline.snapshot()).jobs.active).toBe(0);
    await pipeline.ingest();
    await pipeline.worker();
    await playing.finished;
    await pipeline.quiet();
    expect(differences(await pipeline.compare())).toEqual(NONE);
  });
});
