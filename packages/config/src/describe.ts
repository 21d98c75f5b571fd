import type { LoadedConfig } from './load/load-config.ts';
import type { Setting } from './load/values.ts';

/** What is in effect, one row a variable, without secrets: for `check` and for people. */
export function describeConfig(loaded: Pick<LoadedConfig, 'settings'>): readonly Setting[] {
  return loaded.settings;
}

/** The rows as aligned lines: name, value, where it is from. */
export function formatSettings(settings: readonly Setting[]): string {
  const rows = settings.map(({ variable, shown, source }) => [
    variable.name,
    shown === null ? '-' : shown === '' ? '""' : shown.replaceAll('\n', ','),
    source,
  ]);
  const width = (column: number): number =>
    Math.max(0, ...rows.map((row) => Math.min(row[column]?.length ?? 0, 60)));
  const [names, values] = [width(0), width(1)];
  return rows
    .map(([name = '', value = '', source = '']) =>
      `${name.padEnd(names)}  ${value.padEnd(values)}  ${source}`.trimEnd(),
    )
    .join('\n');
}
