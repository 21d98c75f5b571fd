/**
 * Holds of several kinds, one after the other, end soon after XSOAR answers again: as many
 * deliveries are under way when it fails, so all of them meet the same answer at once.
 */
import { generateFeed } from '@xsoar-intel/simulator';
import { expect, it } from 'vitest';
import { startPipeline } from '../e2e/pipeline.ts';

it('several holds end by the probes that they need, and each is told once', async () => {
  const pipeline = await startPipeline();
  try {
    await pipeline.ingest();
    const worker = await pipeline.worker();
    const { faults } = pipeline.xsoar;
    for (const status of [500, 401]) {
      faults.add({ fault: { kind: 'status', status, body: '{}' }, times: 2 });
    }
    faults.add({ fault: { kind: 'redirect', location: 'http://127.0.0.1:9/' }, times: 1 });
    await pipeline.opencti.play(generateFeed({ events: 100, seed: 3 })).finished;
    const { holds } = await pipeline.quiet();
    expect(holds).toEqual([]);
    const told = worker
      .logs()
      .filter(({ msg }) => String(msg).startsWith('deliveries '))
      .map(({ msg, hold, times = 0 }) => `${String(hold)} ${String(msg)} ${String(times)}`);
    expect(new Set(told).size).toBe(told.length);
    // The test's waits between probes: 100 ms, 200 ms, … at most 500 ms.
    expect(told.filter((line) => line.includes('stay held')).length).toBeLessThan(5);
  } finally {
    await pipeline.close();
  }
});
