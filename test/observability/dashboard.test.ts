import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { read } from './files.ts';
import { promtool, promtoolIsMissing } from './promtool.ts';

interface Panel {
  title: string;
  type: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string }[];
}

const dashboard = JSON.parse(read('deploy/grafana/dashboards/xsoar-intel.json')) as {
  uid: string;
  panels: Panel[];
};
const panels = dashboard.panels.filter(({ type }) => type !== 'row');

describe('the dashboard', () => {
  it('says of every panel what it shows', () => {
    expect(panels.length).toBeGreaterThan(20);
    expect(panels.filter(({ description }) => !description).map(({ title }) => title)).toEqual([]);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });

  it('lays no panel over another', () => {
    const overlap = (a: Panel['gridPos'], b: Panel['gridPos']): boolean =>
      a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
    const pairs = panels.flatMap((one, index) =>
      panels
        .slice(index + 1)
        .filter((other) => overlap(one.gridPos, other.gridPos))
        .map((other) => `${one.title} and ${other.title}`),
    );
    expect(pairs).toEqual([]);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });

  it.skipIf(promtoolIsMissing)('asks only what Prometheus understands (promtool)', () => {
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(30);
    const rules = queries.map((expr, index) => ({
      record: `query_${index}`,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    }));
    const directory = mkdtempSync(join(tmpdir(), 'xsoar-intel-dashboard-'));
    try {
      const file = join(directory, 'rules.yml');
      // JSON is YAML.
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
      const { status, stdout, stderr } = promtool('check', 'rules', file);
      expect(status, stdout + stderr).toBe(0);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
