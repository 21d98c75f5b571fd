import { expect, it } from 'vitest';
import { parseMetrics, sum } from './scrape.ts';

it('reads samples with and without labels and sums those that fit', () => {
  const one = parseMetrics(
    [
      '# HELP deliveries_total x',
      '# TYPE deliveries_total counter',
      'deliveries_total{operation="upsert",outcome="delivered"} 3',
      'deliveries_total{operation="delete",outcome="delivered"} 2',
      'deliveries_total{operation="upsert",outcome="retry"} 9',
      'process_resident_memory_bytes 1.2e+8',
      '',
    ].join('\n'),
  );
  expect(sum([one, one], 'deliveries_total', { outcome: 'delivered' })).toBe(10);
  expect(sum([one], 'process_resident_memory_bytes')).toBe(120_000_000);
  expect(sum([one], 'absent')).toBe(0);
});
