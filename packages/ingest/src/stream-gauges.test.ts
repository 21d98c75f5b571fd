import { createMetrics } from '@xsoar-intel/runtime';
import { beforeEach, describe, expect, it } from 'vitest';
import { createStreamGauges, type StreamGauges } from './stream-gauges.ts';

let nowMs: number;
let gauges: StreamGauges;
let value: (name: string) => Promise<number | null>;

beforeEach(() => {
  nowMs = 1_700_000_100_000;
  const metrics = createMetrics({ process: 'test' });
  gauges = createStreamGauges(metrics, 'the connector', () => nowMs);
  value = async (name) => {
    const text = await metrics.registry.metrics();
    const found = new RegExp(`^xsoar_intel_${name} (\\S+)$`, 'm').exec(text)?.[1];
    return found === undefined ? null : Number(found);
  };
});

describe('the lag of the stream', () => {
  it('is not served before anything is known', async () => {
    gauges.from(null);
    expect(await value('stream_lag_seconds')).toBeNull();
  });

  it('begins with the age of the cursor', async () => {
    gauges.from(1_700_000_000_000);
    expect(await value('stream_lag_seconds')).toBe(100);
  });

  it('grows while nothing comes', async () => {
    gauges.from(null);
    gauges.position(1_700_000_090_000);
    expect(await value('stream_lag_seconds')).toBe(10);
    nowMs += 60_000;
    expect(await value('stream_lag_seconds')).toBe(70);
  });

  it('grows while only heartbeats of a platform that stands still come', async () => {
    gauges.from(1_700_000_090_000);
    for (let beat = 0; beat < 12; beat += 1) {
      gauges.position(1_700_000_095_000);
      nowMs += 5_000;
    }
    expect(await value('stream_lag_seconds')).toBe(65);
  });

  it('shrinks with the heartbeats of a quiet platform that is up to date', async () => {
    gauges.from(1_700_000_000_000);
    gauges.position(1_700_000_099_000);
    expect(await value('stream_lag_seconds')).toBe(1);
  });

  it('is never negative, and no heartbeat before the first event makes it decades', async () => {
    gauges.from(1_700_000_000_000);
    gauges.position(0);
    expect(await value('stream_lag_seconds')).toBe(100);
    gauges.position(1_700_000_200_000);
    expect(await value('stream_lag_seconds')).toBe(0);
  });
});

it('an ingest that stands by serves none of them, whatever its last writes still tell', async () => {
  gauges.from(1_700_000_000_000);
  gauges.event(1_700_000_001_000);
  gauges.oldest(1_600_000_000_000);
  gauges.clear();
  gauges.position(1_700_000_002_000);
  gauges.event(1_700_000_002_000);
  gauges.cursor(1_700_000_002_000);
  gauges.oldest(1_600_000_000_000);
  for (const name of [
    'stream_lag_seconds',
    'stream_last_event_timestamp_seconds',
    'cursor_timestamp_seconds',
    'stream_oldest_event_timestamp_seconds',
  ]) {
    expect(await value(name), name).toBeNull();
  }
});
