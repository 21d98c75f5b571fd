import { readdirSync } from 'node:fs';
import { connectRedis, createHolds, keysOf, noCounts, type Report } from '@xsoar-intel/pipeline';
import { generateFeed } from '@xsoar-intel/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMetrics, type Scrape } from '../../packages/cli/src/demo/scrape.ts';
import { type Pipeline, startPipeline } from '../e2e/pipeline.ts';
import { until } from '../support/until.ts';
import { declaredMetrics, seriesNames } from './declared-metrics.ts';
import { metricNames, read, root } from './files.ts';
import { oddEvents } from './odd-input.ts';

/** Odd events; each would make several series if any of its words became a label. */
const ODD = 2_000;

/** Processes start slowly where many tests run beside this one. */
const PATIENCE = { timeoutMs: 60_000 };

let pipeline: Pipeline;
let scrapes: Map<string, Scrape>;
/** Names of which a scrape has at least a type, though no series yet. */
let typed: Set<string>;

// One run for all: odd input, refusals of many kinds, a hold, and a second ingest that stands by.
beforeAll(async () => {
  pipeline = await startPipeline();
  const redis = connectRedis(pipeline.redis.url, 'test', () => {});
  try {
    await redis.config('SET', 'maxmemory', '512mb');
    const [first, worker] = await Promise.all([
      pipeline.ingest(),
      // Failures of many kinds at once must not open the circuit: its probes take their time.
      pipeline.worker({ CIRCUIT_FAILURES: '1000' }),
    ]);
    for (const status of [400, 409, 418, 422, 451, 500, 503, 599]) {
      pipeline.xsoar.faults.add({
        fault: { kind: 'status', status, body: JSON.stringify({ id: `odd-${status}` }) },
        times: 2,
      });
    }
    for (const text of oddEvents(ODD)) pipeline.opencti.appendRaw(text);
    await pipeline.opencti.play(generateFeed({ events: 100, seed: 7 })).finished;
    await pipeline.quiet();
    const second = await pipeline.ingest();
    await until(
      'the second ingest stands by',
      async () => {
        const ready = await fetch(`${second.metricsUrl}/readyz`).catch(() => null);
        return ready?.ok && (await second.metrics()).includes('xsoar_intel_ingest_active 0');
      },
      PATIENCE,
    );
    const report: Report = {
      ...{ runId: 'a', startedAt: Date.now() - 1_000, finishedAt: Date.now(), whole: true },
      ...{ applied: false, counts: noCounts(), deletesRefused: null, notes: [], findings: [] },
      findingsCut: 0,
    };
    await redis.set(keysOf(pipeline.connectorId).reconcileLast, JSON.stringify(report));
    await createHolds(redis, keysOf(pipeline.connectorId)).open('operator', {
      reason: 'a test',
      by: 'test',
      forMs: null,
    });
    const held = 'xsoar_intel_hold_since_timestamp_seconds{reason="operator"}';
    await until('the hold is served', async () => (await first.metrics()).includes(held), PATIENCE);
    const texts = new Map([
      ['ingest', await first.metrics()],
      ['standing by', await second.metrics()],
      ['worker', await worker.metrics()],
    ]);
    scrapes = new Map([...texts].map(([name, text]) => [name, parseMetrics(text)]));
    typed = new Set(
      [...texts.values()].flatMap((text) =>
        [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = '']) => name),
      ),
    );
  } finally {
    redis.disconnect();
  }
}, 120_000);
afterAll(() => pipeline.close());

const served = (): Set<string> =>
  new Set([...scrapes.values()].flatMap((scrape) => [...scrape.keys()]));

const markdown = (directory: string): string[] =>
  readdirSync(`${root}/${directory}`)
    .filter((file) => file.endsWith('.md'))
    .map((file) => `${directory}/${file}`);

describe('a running pipeline', () => {
  it.each([
    ['the alerts', ['deploy/prometheus/alerts.yml']],
    ['the dashboard', ['deploy/grafana/dashboards/xsoar-intel.json']],
    ['the reference', ['docs/metrics.md']],
    ['the runbooks', markdown('docs/runbooks')],
    ['any other page', ['README.md', ...markdown('docs')]],
  ])('serves every metric that %s names', (_, files) => {
    const names = served();
    const has = (name: string): boolean =>
      names.has(name) ||
      names.has(`${name}_count`) ||
      // Node's own, and a catch-up that is not under way, have nothing to tell of yet.
      (/^(process|nodejs|xsoar_intel_catch_up)_/.test(name) && typed.has(name));
    const unknown = files.flatMap((file) =>
      metricNames(read(file))
        .filter((name) => !has(name))
        .map((name) => `${file}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  it('serves everything that is declared', async () => {
    const { shared, own } = await declaredMetrics();
    const names = served();
    const declared = [...shared, ...[...own.values()].flat()].flatMap(seriesNames);
    // No catch-up is under way here; test/e2e/catch-up.test.ts has one.
    const always = declared.filter((name) => !/^xsoar_intel_catch_up_/.test(name));
    expect(always.filter((name) => !names.has(name))).toEqual([]);
  });

  it('serves what lies in Redis once: an ingest that stands by has no opinion', () => {
    const by = scrapes.get('standing by');
    const active = scrapes.get('ingest');
    const once = [
      ...['pending_entities', 'oldest_pending_seconds', 'dead_letter_entities', 'queue_jobs'],
      ...['workers_alive', 'holds', 'hold_since_timestamp_seconds', 'redis_memory_used_ratio'],
      ...['redis_append_only', 'redis_noeviction', 'stream_lag_seconds'],
      ...['cursor_timestamp_seconds', 'stream_oldest_event_timestamp_seconds'],
    ].map((name) => `xsoar_intel_${name}`);
    expect(once.filter((name) => !active?.has(name))).toEqual([]);
    expect(once.filter((name) => by?.has(name))).toEqual([]);
    const others = [...(scrapes.get('worker')?.keys() ?? [])];
    expect(others.filter((name) => once.includes(name))).toEqual([]);
  });

  it('names no series by what came from outside, however odd (T7)', async () => {
    const { shared, own } = await declaredMetrics();
    const closed = new Map(
      [...shared, ...[...own.values()].flat()].flatMap((metric) =>
        seriesNames(metric).map((name) => [name, metric.labels] as const),
      ),
    );
    const odd: string[] = [];
    for (const scrape of scrapes.values()) {
      for (const [name, samples] of scrape) {
        for (const { labels } of samples) {
          for (const [label, value] of labels) {
            const values = closed.get(name)?.find((known) => known.name === label)?.values;
            if (values && value !== 'other' && !values.includes(value)) {
              odd.push(`${name}{${label}="${value}"}`);
            }
            if (/odd/.test(value)) odd.push(`${name}{${label}="${value}"}`);
          }
        }
      }
    }
    expect(odd).toEqual([]);
  });

  it('has few series (T7)', () => {
    // The odd input did arrive: an eighth of it each.
    const events = scrapes.get('ingest')?.get('xsoar_intel_events_total') ?? [];
    const rejected = events.find(
      ({ labels }) => labels.get('outcome') === 'rejected' && labels.get('type') === 'unreadable',
    );
    expect(rejected?.value).toBeGreaterThanOrEqual(ODD / 4);
    for (const [name, scrape] of scrapes) {
      const count = [...scrape.values()].reduce((sum, samples) => sum + samples.length, 0);
      expect(count, name).toBeLessThan(450);
    }
  });
});
