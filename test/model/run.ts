/**
 * One run of the model: the real queue, leases, deliveries and writer of the
 * stream on a real Redis, under trouble drawn from a seed; afterwards the target
 * must equal the fold of the stream (law L7).
 *
 *   trouble ──the stream is read, time is up──▶ drain (no trouble any more)
 *   drain ──nothing pending, no job left──▶ compare (entities in dead letters may be behind)
 *   compare ──retry all dead letters──▶ drain ──▶ compare (nothing may be behind)
 */
import { randomUUID } from 'node:crypto';
import {
  connectRedis,
  createHolds,
  type Debounce,
  type DeliveryQueue,
  keysOf,
  type LeaseTimes,
  NO_DEBOUNCE,
  openDeliveryQueue,
} from '@xsoar-intel/pipeline';
import { createLogger } from '@xsoar-intel/runtime';
import { createRandom } from '@xsoar-intel/simulator';
import { drawEvents } from './events.ts';
import { type ModelIngest, startIngest } from './model-ingest.ts';
import { type ModelWorker, startModelWorker } from './model-worker.ts';
import { profileOf } from './profiles.ts';
import { remember } from './rollback.ts';
import { createTarget } from './target.ts';
import { judge } from './verdict.ts';

/** What a run found. */
export interface RunResult {
  seed: number;
  profile: string;
  ms: number;
  /** What is wrong; empty when all is well. */
  wrong: string[];
  /** What happened, how often. */
  counts: Map<string, number>;
  /** Everything in order, for whoever has to find out. */
  journal: string[];
}

const TIMES: LeaseTimes = { leaseMs: 250, lateWindowMs: 300, tombstoneMs: 60_000 };
const ATTEMPTS = 3;
const WORKERS = 3;
/** In every other run: changes of an entity wait for each other. */
const DEBOUNCE: Debounce = { quietMs: 40, maxMs: 160 };
/** Nothing moved for so long: it never will. */
const STUCK_MS = 8_000;
/** Redis forgets as much, ms; longer where nothing was written meanwhile. */
const BACK_MS = 100;
/** It moves and moves and comes to no end: nor will it ever. */
const ENDLESS_MS = 60_000;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs one seed on a Redis that it has for itself. */
export async function runSeed(seed: number, redisUrl: string): Promise<RunResult> {
  const started = performance.now();
  const [profileName, profile] = profileOf(seed);
  const random = createRandom(seed);
  const journal: string[] = [];
  const log = (line: string): void =>
    void journal.push(`${(performance.now() - started).toFixed(0).padStart(6)} ${line}`);
  const logger = createLogger({
    level: 'error',
    name: 'model',
    pretty: false,
    destination: { write: (line) => log(line.trim().slice(0, 300)) },
  });
  const redis = connectRedis(redisUrl, 'model', () => {});
  const keys = keysOf(randomUUID());
  const queue: DeliveryQueue = openDeliveryQueue(redis, keys, {
    attempts: ATTEMPTS,
    onError: () => {},
  });
  const holds = createHolds(redis, keys);
  const events = drawEvents(createRandom(seed + 1_000_003), profile.events, profile.shape);
  const debounce = createRandom(seed + 3_000_017).chance(0.5) ? DEBOUNCE : NO_DEBOUNCE;
  let troubled = true;

  const addDuplicate = (entityId: string): Promise<unknown> =>
    queue.add('deliver', { entityId }).catch(() => {});
  const target = createTarget({
    random: createRandom(seed + 2_000_003),
    ...TIMES,
    latencyMs: 20,
    trouble: () => (troubled ? profile : { failure: 0, ambiguous: 0, late: 0, freeze: 0 }),
    onFreeze: ({ entity }) => void addDuplicate(entity),
    log,
  });

  let births = 0;
  const bearWorker = (): ModelWorker =>
    startModelWorker({
      name: `w${++births}`,
      redisUrl,
      keys,
      times: TIMES,
      pushBudgetMs: 200,
      settings: {
        jobsAtATime: 6,
        attempts: ATTEMPTS,
        backoff: { minMs: 10, maxMs: 80 },
        holdBackoff: { minMs: 20, maxMs: 60 },
        circuitFailures: 5,
        lockMs: 500,
        lookMs: 20,
        sweepEveryMs: profile.sweeper ? 100 : 1_000_000,
        sweepGraceMs: 200,
        deadLetters: { count: 1e6, bytes: 1e9, ageMs: 1e9 },
        tombstoneMs: 60_000,
        sweeperTtlMs: 400,
        deafAfterMs: 60_000,
        cutAfterMs: 100,
      },
      target,
      logger,
      log,
    });
  const workers: ModelWorker[] = Array.from({ length: WORKERS }, bearWorker);
  const bearIngest = (): ModelIngest =>
    startIngest({
      redisUrl,
      keys,
      times: TIMES,
      attempts: ATTEMPTS,
      debounce,
      events,
      random: createRandom(seed + ++births * 7_919),
      logger,
      crash: () => (troubled ? profile.ingestCrash : 0),
      repeat: profile.repeat,
      log,
    });
  let ingest = bearIngest();

  async function killWorker(): Promise<void> {
    const index = random.below(workers.length);
    const victim = workers[index];
    if (!victim) return;
    // Somebody else should want what it was about.
    for (const { entity } of victim.busy()) await addDuplicate(entity);
    await victim.kill();
    workers[index] = bearWorker();
  }
  async function retryByHand(): Promise<void> {
    if (random.chance(0.2)) await queue.retryJobs({ state: 'failed' });
    else await pickJob(['failed'])?.then((job) => job?.retry('failed'));
  }
  async function pickJob(states: ('failed' | 'wait' | 'delayed')[]) {
    const jobs = await queue.getJobs(states, 0, 20);
    return jobs.length > 0 ? random.pick(jobs) : undefined;
  }
  async function removeJob(): Promise<void> {
    const job = await pickJob(['wait', 'delayed', 'failed']);
    if (!job) return;
    log(`job ${job.id} of ${job.data.entityId} is removed`);
    await job.remove();
  }
  async function holdAndResume(): Promise<void> {
    await holds.open('operator', { reason: 'model', by: 'model', forMs: null });
    await sleep(60);
    await holds.clear('operator');
  }
  /** Events of the stream up to the cursor. */
  async function eventsWritten(): Promise<number> {
    const cursor = await redis.get(keys.cursor);
    return events.findIndex(({ id }) => id.text === cursor) + 1;
  }
  /** Redis forgets some time in which events were written. */
  async function goBack(): Promise<void> {
    const restore = await remember(redis, keys);
    const [written, from] = [await eventsWritten(), performance.now()];
    const gone = (): number => performance.now() - from;
    while (gone() < BACK_MS || (gone() < 5 * BACK_MS && (await eventsWritten()) === written)) {
      await sleep(TICK_MS);
    }
    await restore();
    target.leasesLost();
    log(`Redis went back by ${gone().toFixed(0)} ms`);
  }

  /** An operator holds deliveries while the rest of the stream comes, and empties the queue. */
  async function emptyQueue(until: number): Promise<void> {
    await holds.open('operator', { reason: 'model', by: 'model', forMs: null });
    while (performance.now() < until && !(await streamWritten())) await sleep(TICK_MS);
    await queue.drain(true);
    await holds.clear('operator');
    log('the queue was emptied');
  }

  const TICK_MS = 10;
  const perTick: [rate: number, name: string, act: () => Promise<unknown>][] = [
    [profile.workerKills, 'worker killed', killWorker],
    [profile.manualRetries, 'retried by hand', retryByHand],
    [profile.removedJobs, 'job removed', removeJob],
    [profile.duplicateJobs, 'job duplicated', () => addDuplicate(random.pick(events).entity)],
    [profile.operatorHolds, 'operator hold', holdAndResume],
    [
      profile.cutConnections,
      'connections cut',
      () => redis.call('CLIENT', 'KILL', 'TYPE', 'normal'),
    ],
  ];
  const count = (what: string): void =>
    void target.counts.set(what, (target.counts.get(what) ?? 0) + 1);

  /** Keeps an ingest alive; true once the whole stream is written. */
  async function streamWritten(): Promise<boolean> {
    if (!ingest.alive) {
      count('ingest died');
      await ingest.stop();
      ingest = bearIngest();
    }
    return ingest.readAll && (await redis.get(keys.cursor)) === events.at(-1)?.id.text;
  }

  async function trouble(): Promise<void> {
    const least = performance.now() + 1_000;
    const most = performance.now() + 6_000;
    let mayGoBack = profile.rollback;
    // Late: what is forgotten early, later events repeat.
    const goesBackAt = 0.6 + random.next() * 0.3;
    let mayEmpty = profile.removedJobs > 0 && seed % 2 === 0;
    while (performance.now() < most && (performance.now() < least || !(await streamWritten()))) {
      for (const [rate, name, act] of perTick) {
        if (!random.chance((rate * TICK_MS) / 1_000)) continue;
        count(name);
        await act().catch((error: unknown) => log(`${name}: ${String(error)}`));
      }
      if (mayGoBack && (await eventsWritten()) > events.length * goesBackAt) {
        mayGoBack = false;
        count('Redis went back');
        await goBack();
      }
      if (mayEmpty && performance.now() - started > 250) {
        mayEmpty = false;
        count('queue emptied');
        await emptyQueue(most);
      }
      await streamWritten();
      await sleep(TICK_MS);
    }
  }

  /** Waits until nothing is left to do; says what is, if it never ends. */
  async function drain(): Promise<string | null> {
    let seen = '';
    let movedAt = performance.now();
    const endsBy = movedAt + ENDLESS_MS;
    for (;;) {
      const written = await streamWritten();
      const pending = await redis.zcard(keys.pending);
      const jobs = await queue.getJobCounts('wait', 'active', 'delayed');
      const busy = (jobs.wait ?? 0) + (jobs.active ?? 0) + (jobs.delayed ?? 0);
      if (written && pending === 0 && busy === 0 && target.lateRequests === 0) return null;
      const now = `written=${written} pending=${pending} jobs=${JSON.stringify(jobs)} requests=${target.counts.get('request')}`;
      if (now !== seen) movedAt = performance.now();
      seen = now;
      if (performance.now() - movedAt > STUCK_MS || performance.now() > endsBy) {
        const [left] = await redis.zrange(keys.pending, '0', '0');
        const slot = left ? JSON.stringify(await redis.hgetall(keys.slot(left))) : '';
        const held = JSON.stringify(await redis.hgetall(keys.holds));
        const jobId = left ? await redis.get(queue.toKey(`de:${left}`)) : null;
        const job = jobId === null ? null : await redis.hgetall(queue.toKey(jobId));
        const owner = `its job ${jobId}: ${JSON.stringify(job)}`;
        return `stuck: ${now}; first ${left}: ${slot}; ${owner}; holds: ${held}`;
      }
      await sleep(20);
    }
  }

  const wrong: string[] = [];
  try {
    await trouble();
    troubled = false;
    log('no trouble any more');
    const stuck = await drain();
    if (stuck) wrong.push(stuck);
    else {
      wrong.push(...(await judge({ redis, keys, queue, target, events, last: false })));
      log('retrying all dead letters');
      await queue.retryJobs({ state: 'failed' });
      const stuckAgain = await drain();
      if (stuckAgain) wrong.push(stuckAgain);
      else wrong.push(...(await judge({ redis, keys, queue, target, events, last: true })));
    }
    for (const overlap of target.overlaps) wrong.push(`two pushes at once: ${overlap}`);
  } catch (error) {
    wrong.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  } finally {
    await Promise.all(workers.map((worker) => worker.stop().catch(() => {})));
    await ingest.stop().catch(() => {});
    await redis.flushall();
    await queue.close();
    redis.disconnect();
  }
  return {
    seed,
    profile: profileName,
    ms: performance.now() - started,
    wrong,
    counts: target.counts,
    journal,
  };
}
