import type { Snapshot } from '@xsoar-intel/pipeline';
import { createMetrics } from '@xsoar-intel/runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createQueueGauges } from './queue-gauges.ts';
import { watchQueue } from './queue-watch.ts';
import { parseRedisFacts, type RedisFacts } from './redis-facts.ts';

const snapshot: Snapshot = {
  cursor: null,
  pending: 7,
  oldestPendingMs: 90_000,
  dead: 2,
  rejected: 0,
  holds: [
    {
      kind: 'credentials',
      reason: '401',
      since: 1_700_000_000_000,
      until: null,
      by: 'w',
      times: 1,
    },
  ],
  workers: ['a', 'b'].map((name) => ({ name, version: '1.2.3', since: 0 })),
  ingests: [],
  ingestActive: true,
  stream: null,
  reconciled: null,
  jobs: { waiting: 1, active: 2, delayed: 3, failed: 4 },
};
const redis: RedisFacts = { memoryRatio: 0.25, keepsKeys: true, appendOnly: null };

let metrics: ReturnType<typeof createMetrics>;
let ends: (() => void)[];
beforeEach(() => {
  metrics = createMetrics({ process: 'test' });
  ends = [];
});
afterEach(() => {
  for (const end of ends) end();
});

/** Our series as a scrape shows them, without the build information. */
async function series(): Promise<string[]> {
  const text = await metrics.registry.metrics();
  return text
    .split('\n')
    .filter((line) => line.startsWith('xsoar_intel_') && !line.includes('build_info'))
    .map((line) => line.slice('xsoar_intel_'.length));
}

/** Starts a watch; `next` waits until one more look was asked for and answers it. */
function watch() {
  const asked: { resolve(): void; reject(error: Error): void }[] = [];
  const errors: unknown[] = [];
  const end = watchQueue(
    createQueueGauges(metrics),
    () =>
      new Promise((resolve, reject) => {
        asked.push({ resolve: () => resolve({ snapshot, redis }), reject });
      }),
    { everyMs: 1, onError: (error) => errors.push(error) },
  );
  ends.push(end);
  const next = async () => {
    for (;;) {
      const look = asked.shift();
      if (look) return look;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  return { end, next, errors };
}

it('serves nothing before the first look, and then what Redis holds', async () => {
  const { next } = watch();
  expect(await series()).toEqual([]);
  (await next()).resolve();
  await next();
  expect((await series()).sort()).toEqual(
    [
      'pending_entities 7',
      'oldest_pending_seconds 90',
      'dead_letter_entities 2',
      'workers_alive 2',
      'redis_memory_used_ratio 0.25',
      'redis_noeviction 1',
      'queue_jobs{state="waiting"} 1',
      'queue_jobs{state="active"} 2',
      'queue_jobs{state="delayed"} 3',
      'queue_jobs{state="failed"} 4',
      'holds{reason="operator"} 0',
      'holds{reason="credentials"} 1',
      'holds{reason="rate-limit"} 0',
      'holds{reason="outage"} 0',
      'holds{reason="configuration"} 0',
      'holds{reason="delete-storm"} 0',
      'hold_since_timestamp_seconds{reason="credentials"} 1700000000',
    ].sort(),
  );
});

it('serves nothing after a look that failed, until one works again', async () => {
  const { next, errors } = watch();
  (await next()).resolve();
  (await next()).reject(new Error('Redis is loading'));
  const third = await next();
  expect(errors).toHaveLength(1);
  expect(await series()).toEqual([]);
  third.resolve();
  await next();
  expect(await series()).toContain('pending_entities 7');
});

it('serves nothing once it has ended, though a look is still under way', async () => {
  const { next, end } = watch();
  (await next()).resolve();
  const late = await next();
  end();
  late.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await series()).toEqual([]);
});

it('reads the facts of Redis from its INFO', () => {
  expect(
    parseRedisFacts(
      '# Memory\r\nused_memory:50\r\nmaxmemory:200\r\nmaxmemory_policy:allkeys-lru\r\naof_enabled:1\r\n',
    ),
  ).toEqual({ memoryRatio: 0.25, keepsKeys: false, appendOnly: true });
  expect(parseRedisFacts('used_memory:50\r\nmaxmemory:0\r\n')).toEqual({
    memoryRatio: null,
    keepsKeys: true,
    appendOnly: null,
  });
});
