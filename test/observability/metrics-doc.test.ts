import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { declaredMetrics } from './declared-metrics.ts';
import { renderMetrics } from './render-metrics.ts';

const file = new URL('../../docs/metrics.md', import.meta.url);
const metrics = await declaredMetrics();
const ours = [...metrics.shared, ...[...metrics.own.values()].flat()];

describe('docs/metrics.md', () => {
  it('is what the code declares (rewrite: WRITE_DOCS=1)', () => {
    const page = renderMetrics(metrics);
    if (process.env.WRITE_DOCS === '1') writeFileSync(file, page);
    expect(readFileSync(file, 'utf8')).toBe(page);
  });
});

describe('our metrics', () => {
  it('have our prefix, but for the two of the Python connector', () => {
    const others = ours.map(({ name }) => name).filter((name) => !name.startsWith('xsoar_intel_'));
    expect(others.sort()).toEqual(['current_state', 'processed_messages_total']);
  });

  it('are named by type and base unit', () => {
    for (const { name, type } of ours) {
      if (name === 'current_state') continue;
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
      expect(name).not.toMatch(/_(ms|millis|minutes|percent|kb|mb)(_|$)/);
    }
  });

  it('have closed label sets, but for labels that each process has one value of', () => {
    const open = ours.flatMap(({ labels }) =>
      labels.filter(({ values }) => values === null).map(({ name }) => name),
    );
    expect([...new Set(open)].sort()).toEqual(['name', 'node', 'process', 'version']);
  });
});
