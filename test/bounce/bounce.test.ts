/**
 * Rounds of stopping each part in turn, in order and by force, while events come.
 * Every event must show in XSOAR, and nothing that was deleted may come back.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  differences,
  NONE,
  type Pipeline,
  startPipeline,
  type TestProcess,
} from '../e2e/pipeline.ts';
import { createDomain, deleteDomain, updateDomain } from '../support/indicators.ts';
import { until } from '../support/until.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await startPipeline({ xsoar: { latency: { default: { minMs: 0, maxMs: 15 } } } });
});
afterEach(() => pipeline.close());

const FROM_START = { CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '0' };
const name = (number: number): string => `n${number}.bounce.example`;
/** Writes of XSOAR, and new numbers, between two blows at least. */
const BETWEEN = 25;
/** How often each part gets its turn; more by hand. */
const ROUNDS = Number(process.env.BOUNCE_ROUNDS ?? 2);

/**
 * Keeps numbered events coming until told to stop. Every fifth is deleted, the others
 * end with a score that tells their last event.
 */
function number() {
  let next = 0;
  const append = (): void => {
    const now = next++;
    pipeline.opencti.append(createDomain(name(now), 10));
    if (now >= 10) pipeline.opencti.append(updateDomain(name(now - 10), 40));
    if (now >= 20 && now % 5 === 0) pipeline.opencti.append(deleteDomain(name(now - 20)));
  };
  const timer = setInterval(append, 15);
  return {
    get count() {
      return next;
    },
    stop() {
      clearInterval(timer);
      return next;
    },
  };
}

async function bounce(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  let ingest: TestProcess = await pipeline.ingest(FROM_START);
  const workers = [await pipeline.worker(), await pipeline.worker()];
  const numbers = number();
  /** The test is void if nothing happens between the blows. */
  const goOn = async (what: string): Promise<void> => {
    const { requests } = pipeline.xsoar.stats();
    const { count } = numbers;
    await until(
      `work goes on after ${what}`,
      () => pipeline.xsoar.stats().requests > requests + BETWEEN && numbers.count > count + BETWEEN,
      { timeoutMs: 30_000 },
    );
  };
  const codes: (number | null)[] = [];
  await goOn('the start');
  for (let round = 0; round < ROUNDS; round += 1) {
    codes.push(await ingest.end(signal));
    ingest = await pipeline.ingest(FROM_START);
    await goOn('a new ingest');
    for (const index of workers.keys()) {
      codes.push((await workers[index]?.end(signal)) ?? null);
      workers[index] = await pipeline.worker();
      await goOn('a new worker');
    }
    await pipeline.redis.kill(signal);
    await pipeline.redis.start();
    await goOn('a new Redis');
  }
  // Everything at once.
  await Promise.all([ingest, ...workers].map((one) => one.end(signal)));
  await pipeline.redis.kill(signal);
  await pipeline.redis.start();
  await Promise.all([pipeline.ingest(FROM_START), pipeline.worker()]);
  await goOn('everything is new');

  const count = numbers.stop();
  expect(count).toBeGreaterThan(BETWEEN * codes.length);
  const { dead } = await pipeline.quiet();
  expect(dead).toBe(0);
  expect(differences(await pipeline.compare())).toEqual(NONE);
  for (let at = 0; at < count; at += 1) {
    const deleted = at % 5 === 0 && at + 20 < count;
    const score = at + 10 < count ? 2 : 1;
    const found = pipeline.xsoar.get(name(at))?.score ?? null;
    expect({ at, score: found }).toEqual({ at, score: deleted ? null : score });
  }
  if (signal === 'SIGTERM') expect(new Set(codes)).toEqual(new Set([0]));
}

describe('nothing is missing and nothing is resurrected', { timeout: 120_000 }, () => {
  it('when ingest, workers and Redis are stopped in order, in turn', () => bounce('SIGTERM'));
  it('when ingest, workers and Redis are killed, in turn', () => bounce('SIGKILL'));
});
