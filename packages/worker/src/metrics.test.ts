import { createMetrics } from '@xsoar-intel/runtime';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryResult } from './deliver.ts';
import { createWorkerMetrics, type WorkerMetrics } from './metrics.ts';

type Delivered = Extract<DeliveryResult, { kind: 'delivered' }>;

const delivered = (of: Partial<Delivered> = {}): Delivered => ({
  kind: 'delivered',
  present: 1,
  excluded: 0,
  newlyExcluded: [],
  operation: 'upsert',
  version: `${Date.now() - 2_000}-0`,
  forced: false,
  actions: ['created'],
  skip: null,
  answered: true,
  provisional: false,
  deadLetterJob: null,
  ...of,
});

let worker: WorkerMetrics;
let series: (start: string) => Promise<string[]>;
beforeEach(() => {
  const metrics = createMetrics({ process: 'test' });
  worker = createWorkerMetrics(metrics, 'the connector');
  series = async (start) => {
    const text = await metrics.registry.metrics();
    return text.split('\n').filter((line) => line.startsWith(start));
  };
});

describe('the time from OpenCTI to XSOAR', () => {
  const count = async () => (await series('xsoar_intel_end_to_end_seconds_count'))[0];

  it('is that from the id of the event to the settle', async () => {
    worker.result(delivered(), 0.1, Date.now());
    const buckets = await series('xsoar_intel_end_to_end_seconds_bucket');
    expect(buckets).toContain('xsoar_intel_end_to_end_seconds_bucket{le="1"} 0');
    expect(buckets).toContain('xsoar_intel_end_to_end_seconds_bucket{le="5"} 1');
  });

  it('counts a state once, though it is pushed again when a late request may have undone it', async () => {
    worker.result(delivered({ forced: true, provisional: true }), 0.1, Date.now());
    worker.result(delivered({ forced: true }), 0.1, Date.now());
    expect(await count()).toBe('xsoar_intel_end_to_end_seconds_count 1');
  });

  it('says nothing of a version that is no event id', async () => {
    worker.result(delivered({ version: '' }), 0.1, Date.now());
    expect(await count()).toBe('xsoar_intel_end_to_end_seconds_count 0');
  });
});

it('counts refusals because of the rate apart from other refusals', async () => {
  for (const status of [200, 201, 400, 429, 429, 503, null]) {
    worker.request({ operation: 'create', status, durationMs: 5 });
  }
  const counts = await series('xsoar_intel_http_responses_total{operation="create"');
  expect(counts.map((line) => line.replace(/^.*status_class=/, ''))).toEqual([
    '"2xx"} 2',
    '"3xx"} 0',
    '"4xx"} 1',
    '"429"} 2',
    '"5xx"} 1',
    '"none"} 1',
  ]);
});

it('counts what happens to leases, and sweeps that found nothing', async () => {
  worker.leases.tookOver();
  worker.leases.provisional();
  worker.swept(0);
  worker.swept(3);
  expect(await series('xsoar_intel_lease_takeovers_total')).toEqual([
    'xsoar_intel_lease_takeovers_total 1',
  ]);
  expect(await series('xsoar_intel_provisional_settles_total')).toEqual([
    'xsoar_intel_provisional_settles_total 1',
  ]);
  expect(await series('xsoar_intel_sweeps_total')).toEqual(['xsoar_intel_sweeps_total 2']);
  expect(await series('xsoar_intel_sweeper_revived_total')).toEqual([
    'xsoar_intel_sweeper_revived_total 3',
  ]);
});
