/** Deletes of many indicators are joined: XSOAR gets a call for fifty, not one for each. */
import { expect, it } from 'vitest';
import { startPipeline } from '../e2e/pipeline.ts';
import { createDomain, deleteDomain } from '../support/indicators.ts';

it('10,000 deletes take at most 250 calls', { timeout: 180_000 }, async () => {
  const pipeline = await startPipeline();
  try {
    const { opencti, xsoar } = pipeline;
    await pipeline.ingest();
    await pipeline.worker({ CONNECTOR_CONSUMER_COUNT: '50' });
    const names = Array.from({ length: 10_000 }, (_, index) => `mass-${index}.example`);
    for (const name of names) opencti.append(createDomain(name));
    await pipeline.quiet(120_000);
    expect([...xsoar.objects()]).toHaveLength(names.length);
    const before = xsoar.stats().requests;
    for (const name of names) opencti.append(deleteDomain(name));
    await pipeline.quiet(120_000);
    expect([...xsoar.objects()]).toEqual([]);
    process.stdout.write(`10,000 deletes: ${xsoar.stats().requests - before} calls\n`);
    expect(xsoar.stats().requests - before).toBeLessThanOrEqual(250);
  } finally {
    await pipeline.close();
  }
});
