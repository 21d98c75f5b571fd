import { generateFeed, type JournalEntry } from '@xsoar-intel/simulator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../support/until.ts';
import { differences, NONE, type Pipeline, startPipeline, type TestProcess } from './pipeline.ts';

/** SHUTDOWN_TIMEOUT of this test's processes; what stops them in production waits longer. */
const GRACE_MS = 10_000;

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await startPipeline({
    xsoar: { latency: { default: { minMs: 20, maxMs: 60 } }, journal: 20_000 },
  });
});
afterEach(() => pipeline.close());

const ready = (one: TestProcess) =>
  until(
    'it is ready',
    () =>
      fetch(`${one.metricsUrl}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    { timeoutMs: 30_000 },
  );

/** A new one comes up and is ready, then the old one is told to go, as Kubernetes does. */
async function replace(old: TestProcess, start: () => Promise<TestProcess>) {
  const next = await start();
  await ready(next);
  const told = performance.now();
  const code = await old.end('SIGTERM');
  return { next, code, tookMs: performance.now() - told };
}

/** Values that were sent the very state that they were sent just before, and how many were sent. */
function writesOf(journal: readonly JournalEntry[]): { count: number; repeated: string[] } {
  const last = new Map<string, string>();
  const repeated: string[] = [];
  let count = 0;
  for (const { operation, status, committed, values, body } of journal) {
    if (!committed || status !== 200 || (operation !== 'create' && operation !== 'edit')) continue;
    const sent = (operation === 'create' ? body.indicator : body) as Record<string, unknown>;
    const value = String(sent.value);
    expect(values).toEqual([value]);
    count += 1;
    const state = JSON.stringify([sent.indicator_type, sent.score, sent.CustomFields]);
    if (last.get(value) === state) repeated.push(`${operation} ${value}`);
    last.set(value, state);
  }
  return { count, repeated };
}

it('a rolling restart of every process under load fails no push and repeats none', {
  timeout: 120_000,
}, async () => {
  const environment = { SHUTDOWN_TIMEOUT: `${GRACE_MS}ms` };
  const ingest = () => pipeline.ingest(environment);
  const worker = () => pipeline.worker(environment);
  const ingests = await Promise.all([ingest(), ingest()]);
  const workers = await Promise.all([worker(), worker()]);
  await Promise.all([...ingests, ...workers].map(ready));
  // Goes on until all are replaced, however long this machine takes for that.
  const playing = pipeline.opencti.play(
    generateFeed({ events: 20_000, seed: 11, entities: 500, updateShare: 0.5 }),
    { ratePerSecond: 100 },
  );
  await until('deliveries are under way', () => pipeline.xsoar.stats().inFlight > 2);

  const replaced = [];
  for (const old of workers) replaced.push(await replace(old, worker));
  for (const old of ingests) replaced.push(await replace(old, ingest));
  await until('a new ingest reads', () => pipeline.opencti.stats().connectionsOpened >= 2);
  const so = pipeline.xsoar.stats().requests;
  await until('deliveries go on', () => pipeline.xsoar.stats().requests > so + 20);
  playing.stop();
  await playing.finished;
  const { dead, jobs } = await pipeline.quiet();

  expect(replaced.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  for (const { tookMs } of replaced) expect(tookMs).toBeLessThan(GRACE_MS);
  expect({ dead, failed: jobs.failed, active: jobs.active }).toEqual({
    dead: 0,
    failed: 0,
    active: 0,
  });
  const { overlapCount } = pipeline.xsoar.stats();
  // An edit of what another worker has just deleted is answered so, and becomes a create
  // within the same push: XSOAR's index may lag, so a worker trusts what it wrote itself.
  const isGone = ({ operation, status, values }: JournalEntry): boolean =>
    operation === 'edit' && status === 400 && values.length === 0;
  const ofIndicators = ['search', 'create', 'edit', 'delete'];
  const refused = pipeline.xsoar
    .journal()
    .filter((entry) => ofIndicators.includes(entry.operation) && entry.status !== 200)
    .filter((entry) => !isGone(entry));
  expect(refused).toEqual([]);
  expect(overlapCount).toBe(0);
  const { count, repeated } = writesOf(pipeline.xsoar.journal());
  expect(count).toBeGreaterThan(100);
  expect(repeated).toEqual([]);
  expect(differences(await pipeline.compare())).toEqual(NONE);
  const logged = replaced.flatMap(({ next }) => next.logs());
  expect([...workers, ...ingests].flatMap((one) => one.logs()).concat(logged)).not.toContainEqual(
    expect.objectContaining({ level: 'error' }),
  );
});
