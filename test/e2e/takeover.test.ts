import { compareEventIds } from '@xsoar-intel/opencti';
import { generateFeed } from '@xsoar-intel/simulator';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { differences, NONE, type Pipeline, startPipeline } from './pipeline.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await startPipeline();
});
afterEach(() => pipeline.close());

const read = (count: number) =>
  until(`${count} indicators arrived`, () => pipeline.xsoar.stats().objects >= count);

it('one of three ingests takes over when the active one is killed, and nothing is lost', {
  timeout: 120_000,
}, async () => {
  // What operators have unless they say otherwise: the other tests are quicker.
  const usual = { INGEST_LEADER_TTL: '10s' };
  const active = await pipeline.ingest(usual);
  await until('it reads', () => pipeline.opencti.stats().connections.length === 1);
  const standing = [await pipeline.ingest(usual), await pipeline.ingest(usual)];
  await pipeline.worker();
  const playing = pipeline.opencti.play(generateFeed({ events: 5_000, seed: 5 }), {
    ratePerSecond: 400,
  });
  await read(50);
  // One reads, the others stand by.
  expect(pipeline.opencti.stats().connectionsOpened).toBe(1);
  const { ingests, stream } = await pipeline.snapshot();
  expect(ingests).toHaveLength(3);
  expect(ingests.map(({ name }) => name)).toContain(stream?.leader);
  await active.end('SIGKILL');
  const killed = performance.now();
  await until('another reads', () => pipeline.opencti.stats().connectionsOpened === 2, {
    timeoutMs: 15_000,
  });
  const tookOverMs = performance.now() - killed;
  await playing.finished;
  await pipeline.quiet(90_000);
  expect(tookOverMs).toBeLessThan(15_000);
  const leads = await Promise.all(standing.map((one) => one.metrics()));
  expect(leads.filter((text) => /^xsoar_intel_ingest_active 1$/m.test(text))).toHaveLength(1);
  expect(differences(await pipeline.compare())).toEqual(NONE);
});

it('a paused former leader that wakes up neither leads nor moves the cursor back, and final states are right', {
  timeout: 120_000,
}, async () => {
  const former = await pipeline.ingest();
  await until('it reads', () => pipeline.opencti.stats().connections.length === 1);
  const next = await pipeline.ingest();
  await pipeline.worker();
  const active = (one: typeof next) => async () =>
    /^xsoar_intel_ingest_active 1$/m.test(await one.metrics());
  const playing = pipeline.opencti.play(generateFeed({ events: 2_000, seed: 8 }), {
    ratePerSecond: 400,
  });
  await read(50);
  // In the middle of batches, and with events on its socket that come while it sleeps.
  former.child.kill('SIGSTOP');
  const slept = await pipeline.snapshot();
  await until('another reads', () => pipeline.opencti.stats().connectionsOpened === 2);
  await playing.finished;
  const { cursor } = await pipeline.quiet(90_000);
  if (cursor === null || slept.cursor === null) throw new Error('there is no cursor');
  expect(compareEventIds(cursor.id, slept.cursor.id)).toBeGreaterThan(0);

  former.child.kill('SIGCONT');
  const seen: number[] = [];
  await until('it has left the stream', async () => {
    const now = (await pipeline.snapshot()).cursor;
    seen.push(now === null ? -1 : compareEventIds(now.id, cursor.id));
    return pipeline.opencti.stats().connections.length === 1;
  });
  expect(await active(former)()).toBe(false);
  expect(await active(next)()).toBe(true);
  await pipeline.opencti.play(generateFeed({ events: 200, seed: 9 })).finished;
  const end = await pipeline.quiet();
  seen.push(end.cursor === null ? -1 : compareEventIds(end.cursor.id, cursor.id));
  // Never back; forward by the one that reads.
  expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
  expect(differences(await pipeline.compare())).toEqual(NONE);
});

it('an ingest whose cursor in Redis went back reads again from there (law L9)', {
  timeout: 60_000,
}, async () => {
  const ingest = await pipeline.ingest();
  await pipeline.worker();
  await pipeline.opencti.play(generateFeed({ events: 300, seed: 6 })).finished;
  const { cursor } = await pipeline.quiet();
  const key = `{xsoar-intel:${pipeline.connectorId}}:cursor`;
  // What a Redis that lost its last second, or failed over, looks like.
  const redis = new Redis(pipeline.redis.url);
  await redis.set(key, '5-0');
  redis.disconnect();
  await pipeline.opencti.play(generateFeed({ events: 50, seed: 7 })).finished;

  await until('it reads again', () => pipeline.opencti.stats().connectionsOpened === 2);
  const { cursor: after } = await pipeline.quiet();
  expect(after?.id.ms).toBeGreaterThanOrEqual(cursor?.id.ms ?? 0);
  expect(differences(await pipeline.compare())).toEqual(NONE);
  expect(await ingest.metrics()).toContain('xsoar_intel_cursor_fenced_total 1');
  expect(ingest.logs()).toContainEqual(expect.objectContaining({ level: 'error', cursor: '5-0' }));
});
