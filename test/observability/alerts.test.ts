import { describe, expect, it } from 'vitest';
import { alerts, read } from './files.ts';
import { promtool, promtoolIsMissing } from './promtool.ts';

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

  it.skipIf(promtoolIsMissing)('fire when they should, and only then (promtool)', () => {
    const { status, stdout, stderr } = promtool('test', 'rules', 'test/observability/alerts.yml');
    expect(stdout + stderr).toContain('SUCCESS');
    expect(status, stdout + stderr).toBe(0);
  });

  it.skipIf(promtoolIsMissing)(
    'are read by a Prometheus configuration that is valid (promtool)',
    () => {
      const { status, stdout, stderr } = promtool(
        ...['check', 'config', 'deploy/prometheus/prometheus.yml'],
      );
      expect(status, stdout + stderr).toBe(0);
    },
  );
});
