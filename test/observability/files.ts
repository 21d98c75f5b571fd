import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** The repository's root. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** One rule of deploy/prometheus/alerts.yml. */
export interface Alert {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** Every alert. */
export function alerts(): Alert[] {
  const file = parse(read('deploy/prometheus/alerts.yml')) as { groups: { rules: Alert[] }[] };
  return file.groups.flatMap(({ rules }) => rules);
}

/** Every runbook by the name of its alert. */
export function runbooks(): Map<string, string> {
  const names = readdirSync(join(root, 'docs/runbooks'))
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => file.slice(0, -'.md'.length));
  return new Map(names.map((name) => [name, read(`docs/runbooks/${name}.md`)]));
}

/** Names of metrics in a text: ours, the Python connector's, and those of Node and the process. */
export function metricNames(text: string): string[] {
  const names = text.match(
    /\b(xsoar_intel_[a-z0-9_]+|processed_messages_total|current_state|(?:process|nodejs)_[a-z0-9_]+)/g,
  );
  return [...new Set(names)].sort();
}
