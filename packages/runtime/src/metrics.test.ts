import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';
import { version } from './version.ts';

/** The value of one series as a scrape shows it. */
async function seriesOf(metrics: ReturnType<typeof createMetrics>, start: string) {
  const text = await metrics.registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(start));
}

it('tells which program and version runs, beside what Node tells', async () => {
  const metrics = createMetrics({ process: 'worker' });
  const [info = ''] = await seriesOf(metrics, 'xsoar_intel_build_info{');
  expect(info).toContain('process="worker"');
  expect(info).toContain(`version="${version}"`);
  expect(await seriesOf(metrics, 'process_resident_memory_bytes')).toHaveLength(1);
});

it('keeps the registries of two processes in one test apart', async () => {
  const [one, two] = [createMetrics({ process: 'a' }), createMetrics({ process: 'b' })];
  one.counter({ name: 'things_total', help: 'Things.' }).inc();
  expect(await seriesOf(two, 'things_total')).toEqual([]);
});

it('counts with and without labels and amounts', async () => {
  const metrics = createMetrics({ process: 'test' });
  const plain = metrics.counter({ name: 'plain_total', help: 'Plain.' });
  plain.inc();
  plain.inc(2);
  const labelled = metrics.counter({ name: 'l_total', help: 'L.', labelNames: ['a'] });
  labelled.inc({ a: 'x' });
  labelled.inc({ a: 'x' }, 4);
  metrics.gauge({ name: 'g', help: 'G.' }).set(7);
  const histogram = metrics.histogram({ name: 'h', help: 'H.', labelNames: ['a'], buckets: [1] });
  histogram.observe({ a: 'x' }, 0.5);
  expect(await seriesOf(metrics, 'plain_total')).toEqual(['plain_total 3']);
  expect(await seriesOf(metrics, 'l_total')).toEqual(['l_total{a="x"} 5']);
  expect(await seriesOf(metrics, 'g ')).toEqual(['g 7']);
  expect(await seriesOf(metrics, 'h_bucket')).toEqual([
    'h_bucket{le="1",a="x"} 1',
    'h_bucket{le="+Inf",a="x"} 1',
  ]);
});

it('counts what is not in the set of a label as other, however much of it comes', async () => {
  const metrics = createMetrics({ process: 'test' });
  const labels = { labelNames: ['type'] as const, labelValues: { type: ['create', 'delete'] } };
  const counter = metrics.counter({ name: 'c_total', help: 'C.', ...labels });
  const gauge = metrics.gauge({ name: 'gauge', help: 'G.', ...labels });
  const histogram = metrics.histogram({ name: 'hist', help: 'H.', buckets: [1], ...labels });
  for (let index = 0; index < 1_000; index += 1) {
    counter.inc({ type: `odd-${index}` });
    gauge.set({ type: `odd-${index}` }, index);
    histogram.observe({ type: `__proto__${index}` }, 1);
  }
  counter.inc({ type: 'create' });
  expect(await seriesOf(metrics, 'c_total')).toEqual([
    'c_total{type="create"} 1',
    'c_total{type="delete"} 0',
    'c_total{type="other"} 1000',
  ]);
  expect(await seriesOf(metrics, 'gauge')).toEqual(['gauge{type="other"} 999']);
  expect(await seriesOf(metrics, 'hist_count')).toEqual(['hist_count{type="other"} 1000']);
});

it('starts the counters whose series are known at 0, unless there are very many', async () => {
  const metrics = createMetrics({ process: 'test' });
  const many = Array.from({ length: 9 }, (_, index) => `v${index}`);
  const config = { help: 'C.', labelNames: ['a', 'b'] as const };
  metrics.counter({ ...config, name: 'few_total', labelValues: { a: ['x'], b: ['y', 'z'] } });
  metrics.counter({ ...config, name: 'half_total', labelValues: { a: ['x'] } });
  metrics.counter({ ...config, name: 'many_total', labelValues: { a: many, b: many } });
  expect(await seriesOf(metrics, 'few_total')).toEqual([
    'few_total{a="x",b="y"} 0',
    'few_total{a="x",b="z"} 0',
  ]);
  expect(await seriesOf(metrics, 'half_total')).toEqual([]);
  expect(await seriesOf(metrics, 'many_total')).toEqual([]);
});

it('serves nothing of a gauge that was cleared, until it is set again', async () => {
  const metrics = createMetrics({ process: 'test' });
  const plain = metrics.gauge({ name: 'plain', help: 'P.' });
  const labelled = metrics.gauge({ name: 'labelled', help: 'L.', labelNames: ['a'] });
  plain.set(3);
  labelled.set({ a: 'x' }, 4);
  plain.clear();
  labelled.clear();
  expect(await seriesOf(metrics, 'plain ')).toEqual([]);
  expect(await seriesOf(metrics, 'labelled{')).toEqual([]);
  plain.set(5);
  labelled.set({ a: 'y' }, 6);
  expect(await seriesOf(metrics, 'plain ')).toEqual(['plain 5']);
  expect(await seriesOf(metrics, 'labelled{')).toEqual(['labelled{a="y"} 6']);
});

it('knows what was declared, with the values of closed labels', () => {
  const metrics = createMetrics({ process: 'test' });
  metrics.histogram({
    name: 'h',
    help: 'H.',
    buckets: [1, 2],
    labelNames: ['open', 'closed'],
    labelValues: { closed: ['x'] },
  });
  expect(metrics.declared.map(({ name }) => name)).toEqual(['xsoar_intel_build_info', 'h']);
  expect(metrics.declared[1]).toEqual({
    name: 'h',
    type: 'histogram',
    help: 'H.',
    buckets: [1, 2],
    labels: [
      { name: 'open', values: null },
      { name: 'closed', values: ['x'] },
    ],
  });
});
