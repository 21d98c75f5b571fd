import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { alerts, read, root } from './files.ts';

const promtool = (...args: string[]) =>
  spawnSync('promtool', args, { cwd: root, encoding: 'utf8', timeout: 30_000 });
const missing = promtool('--version').error !== undefined;
if (missing) {
  process.stderr.write(
    'promtool is not on the PATH (apt-get install prometheus has it): alert rules are not evaluated\n',
  );
}

describe('the alerts', () => {
  it('are named by what they tell, once each, with a severity', () => {
    const names = alerts().map(({ alert }) => alert);
    expect(names.length).toBeGreaterThan(10);
    expect(new Set(names).size).toBe(names.length);
    for (const { alert, labels, annotations } of alerts()) {
      expect(alert).toMatch(/^XsoarIntel[A-Z][A-Za-z]+$/);
      expect(labels.severity, alert).toMatch(/^(critical|warning)$/);
      expect(annotations.summary, alert).toMatch(/\.$/);
    }
  });

  it('are each tested to fire', () => {
    const tests = read('test/observability/alerts.yml');
    for (const { alert } of alerts()) {
      const fires =
        tests.includes(`{ labels: '{alertname="${alert}"`) ||
        new RegExp(`alertname: ${alert}\n +eval_time: \\w+\n +exp_alerts:\n`).test(tests);
      expect([alert, fires]).toEqual([alert, true]);
    }
  });

  it.skipIf(missing)('fire when they should, and only then (promtool)', () => {
    const { status, stdout, stderr } = promtool('test', 'rules', 'test/observability/alerts.yml');
    expect(stdout + stderr).toContain('SUCCESS');
    expect(status, stdout + stderr).toBe(0);
  });

  it.skipIf(missing)('are read by a Prometheus configuration that is valid (promtool)', () => {
    const { status, stdout, stderr } = promtool(
      ...['check', 'config', 'deploy/prometheus/prometheus.yml'],
    );
    expect(status, stdout + stderr).toBe(0);
  });
});
