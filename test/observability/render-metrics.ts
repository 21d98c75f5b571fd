import type { DeclaredMetric } from '@xsoar-intel/runtime';
import type { DeclaredMetrics, Program } from './declared-metrics.ts';

const WHERE: readonly [Program, string][] = [
  [
    'ingest',
    'Those from `xsoar_intel_pending_entities` to `xsoar_intel_hold_since_timestamp_seconds`, and those of the place in the stream, are served by the active ingest only: one that stands by has no opinion.',
  ],
  ['worker', 'Every worker counts what it did itself: sum them.'],
  ['board', 'The board has none of its own.'],
];

/** Renders docs/metrics.md. */
export function renderMetrics({ shared, own, standard }: DeclaredMetrics): string {
  const sections = WHERE.map(([program, text]) => {
    const metrics = own.get(program) ?? [];
    const list = metrics.length === 0 ? '' : `\n${metrics.map(renderMetric).join('\n')}`;
    return `## ${program}\n\n${text}\n${list}`;
  });
  return `${HEAD}
## Every program

${shared.map(renderMetric).join('\n')}
${sections.join('\n')}
## Of Node and the process

Served by every program, as prom-client names them.

| Name | Type | What |
| --- | --- | --- |
${standard.map(({ name, type, help }) => `| \`${name}\` | ${type} | ${help} |`).join('\n')}
`;
}

const HEAD = `# Metrics

<!-- Written from the code: WRITE_DOCS=1 node_modules/.bin/vitest run test/observability/metrics-doc -->

With \`METRICS_ENABLE=true\` each program serves its metrics at \`/metrics\` of its \`METRICS_PORT\`, beside
\`/healthz\` and \`/readyz\`. Names begin with \`xsoar_intel_\`, but for the two that the Python connector
had: \`processed_messages_total\` and \`current_state\`. Units are seconds and ratios.

The labels take the values named here and \`other\`, never a text that came from outside, so that no
input can multiply the series. Scrape every process by itself: behind a load balancer a counter jumps.

The dashboard is \`deploy/grafana/dashboards/xsoar-intel.json\`, the alerts are
\`deploy/prometheus/alerts.yml\`, each with its [runbook](runbooks/README.md). The tests hold
every name in them to a scrape, try the alerts, and have Prometheus' \`promtool\` parse every query. A real
Grafana, which Debian does not have, loads the dashboard in the public CI only
(\`.github/workflows/ci.yml\`).
`;

function renderMetric({ name, type, help, labels, buckets }: DeclaredMetric): string {
  const lines = [`### \`${name}\``, '', `${capital(type)}. ${help}`, ''];
  for (const label of labels) {
    const values = label.values?.map((value) => `\`${value}\``).join(', ');
    lines.push(`- \`${label.name}\`: ${values ?? OPEN_LABELS.get(label.name) ?? 'any'}`);
  }
  if (buckets.length > 0) lines.push(`- buckets: ${buckets.join(', ')}`);
  if (lines.at(-1) !== '') lines.push('');
  return lines.join('\n');
}

/** Labels whose value is the operator's or the program's own, one for each process. */
const OPEN_LABELS = new Map([
  ['process', 'the program'],
  ['version', 'its version'],
  ['node', "Node's version"],
  ['name', '`CONNECTOR_NAME`'],
]);

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
