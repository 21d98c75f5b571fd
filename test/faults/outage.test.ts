/** XSOAR is away for a while, with thousands of events: nothing is given up, everything is delivered afterwards. */
import { generateFeed } from '@xsoar-intel/simulator';
import { describe, expect, it } from 'vitest';
import { differences, NONE, type Pipeline, startPipeline } from '../e2e/pipeline.ts';
import { freePort } from '../support/redis.ts';
import { until } from '../support/until.ts';
import { startUntrustedServer } from '../support/untrusted-server.ts';

/** A test with a pipeline of its own. They run side by side: an outage is mostly waited for. */
const withPipeline = (title: string, test: (pipeline: Pipeline) => Promise<void>): void =>
  it.concurrent(title, async () => {
    const pipeline = await startPipeline();
    try {
      await test(pipeline);
    } finally {
      await pipeline.close();
    }
  });

const EVENTS = 2_000;
const BUSY = { CONNECTOR_CONSUMER_COUNT: '20', CONNECTOR_LIVE_STREAM_START_TIMESTAMP: '0' };

const play = ({ opencti }: Pipeline, events: number) =>
  opencti.play(generateFeed({ events, seed: 5, entities: events * 0.8 }), {
    ratePerSecond: 2_000,
  }).finished;

const heldFor = (pipeline: Pipeline, kind: string) =>
  until(`deliveries are held: ${kind}`, async () =>
    (await pipeline.snapshot()).holds.find((hold) => hold.kind === kind),
  );

describe('an outage', { timeout: 90_000 }, () => {
  withPipeline(
    'dead-letters nothing, burns no attempt, survives restarts of workers, and everything is delivered',
    async (pipeline) => {
      const [, first] = await Promise.all([pipeline.ingest(BUSY), pipeline.worker(BUSY)]);
      const { faults } = pipeline.xsoar;
      faults.add({ fault: { kind: 'reset', when: 'before' } });
      await play(pipeline, EVENTS);
      const { since } = await heldFor(pipeline, 'outage');
      await until('the whole stream lies in Redis', async () => {
        const { pending } = await pipeline.snapshot();
        return pending >= EVENTS * 0.7;
      });

      // The hold is not the worker's, so it outlives it.
      expect(await first.end('SIGTERM')).toBe(0);
      expect((await heldFor(pipeline, 'outage')).since).toBe(since);
      const second = await pipeline.worker(BUSY);
      await until('the new worker is held too', async () => {
        const ready = await fetch(`${second.metricsUrl}/readyz`).catch(() => null);
        return ready?.status === 503 && (await ready.text()).includes('held (outage)');
      });
      expect((await heldFor(pipeline, 'outage')).since).toBe(since);

      // Half-open: one probe at a time, at the pace of the backoff (100 to 500 ms here).
      const before = pipeline.xsoar.stats().faultsStruck;
      const from = Date.now();
      await until('some probes were made', () => pipeline.xsoar.stats().faultsStruck >= before + 4);
      expect(Date.now() - from).toBeGreaterThan(500);
      expect((await pipeline.snapshot()).jobs.failed).toBe(0);
      const jobs = await pipeline.queue.getJobs(['wait', 'delayed', 'active']);
      expect(jobs.length).toBeGreaterThan(EVENTS * 0.5);
      // The first failure of all could be its entity's own; from the second on it is an outage.
      const burnt = jobs.reduce((sum, job) => sum + job.attemptsMade, 0);
      expect(burnt).toBeLessThanOrEqual(1);

      faults.clear();
      const ended = await pipeline.quiet();
      const { dead, holds } = ended;
      expect({ dead, holds, failed: ended.jobs.failed }).toEqual({ dead: 0, holds: [], failed: 0 });
      expect(differences(await pipeline.compare())).toEqual(NONE);
      const letters = second.logs().filter(({ msg }) => String(msg).startsWith('dead letter'));
      expect(letters).toEqual([]);
    },
  );

  withPipeline(
    'is the same whether nobody listens, no name is found, or TLS fails: told, shown, and no attempt is burnt',
    async (pipeline) => {
      await pipeline.ingest(BUSY);
      const untrusted = await startUntrustedServer();
      const unreachable: [url: string, said: RegExp][] = [
        [`http://127.0.0.1:${await freePort()}`, /ECONNREFUSED|nothing listens/],
        ['http://xsoar.invalid', /ENOTFOUND|EAI_AGAIN|resolved/],
        [pipeline.xsoar.url.replace('http:', 'https:'), /TLS|SSL|EPROTO/],
        [untrusted.url, /certificate/],
      ];
      await play(pipeline, 100);
      for (const [url, said] of unreachable) {
        const worker = await pipeline.worker({ XSOAR_URL: url });
        const hold = await until(
          `deliveries are held: ${url}`,
          async () => {
            const [seen] = (await pipeline.snapshot()).holds;
            return seen && said.test(seen.reason) ? seen : null;
          },
          { timeoutMs: 20_000 },
        );
        expect(hold.kind).toBe('outage');
        const lines = worker.logs().filter((line) => said.test(String(line.msg)));
        expect(lines.at(0)).toMatchObject({ level: 'warn', reason: 'network' });
        await until('it says that deliveries are held, and why', () =>
          worker
            .logs()
            .some((line) => line.hold === 'outage' && said.test(String(line.reason ?? ''))),
        );
        // Of this worker: requests without an answer, and that it holds.
        await until('metrics show it', async () => {
          const metrics = await worker.metrics();
          return (
            /^xsoar_intel_http_responses_total\{operation="search",status_class="none"\} [1-9]/m.test(
              metrics,
            ) && metrics.includes('\nxsoar_intel_held{reason="outage"} 1\n')
          );
        });
        await worker.end('SIGTERM');
      }
      expect(untrusted.requests).toBe(0);
      await untrusted.close();
      const jobs = await pipeline.queue.getJobs(['wait', 'delayed', 'active', 'failed']);
      // As above: the first failure of all could be its entity's own.
      expect(jobs.reduce((sum, job) => sum + job.attemptsMade, 0)).toBeLessThanOrEqual(1);
      expect((await pipeline.snapshot()).jobs.failed).toBe(0);
      await pipeline.worker(BUSY);
      await pipeline.quiet();
      expect(differences(await pipeline.compare())).toEqual(NONE);
    },
  );
});
