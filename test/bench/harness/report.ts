import type { Machine } from './machine.ts';
import type { Check, Outcome, Row, Scenario } from './scenario.ts';
import { median } from './statistics.ts';

/** Figures at a glance: three to four significant digits, thousands apart. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return 'none';
  const size = Math.abs(value);
  const digits =
    size >= 1_000 || Number.isInteger(value) ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function cell(values: readonly number[] | undefined): string {
  if (values === undefined || values.length === 0) return '';
  const middle = shown(median(values));
  if (values.length === 1) return middle;
  return `${middle} (${shown(Math.min(...values))} to ${shown(Math.max(...values))})`;
}

function lines(table: readonly (readonly string[])[]): string[] {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((line) => (line[column] ?? '').length)),
  );
  return table.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A row per line, a figure per column; turned where there are more figures than fit. */
function tableOf(rows: readonly Row[]): string[] {
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  return lines([
    ['', ...rows.map(({ label }) => label)],
    ...names.map((name) => [name, ...rows.map(({ figures }) => cell(figures[name]))]),
  ]);
}

function verdict({ what, target, bound, measured, reached }: Check): string {
  return `${reached ? 'reached    ' : 'NOT REACHED'}  ${what}: ${shown(measured)}, wanted ${bound} ${shown(target)}`;
}

/** The machine and the versions, as the first lines of a report. */
export function describe(machine: Machine, runs: number, size: string): string {
  const { cpu, cores, memoryGiB, load, node, redis, commit, changed, at } = machine;
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, load ${load} before; Node ${node}, Redis ${redis} (AOF everysec)`,
    `commit ${commit}${changed ? ' and changes' : ''}, ${at}, ${size} size; medians of ${runs} run${runs === 1 ? '' : 's'} (least to most)`,
  ].join('\n');
}

/** What a scenario found, for people. */
export function render(scenario: Scenario, outcome: Outcome): string {
  const parameters = Object.entries(outcome.parameters).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? shown(value) : value}`,
  );
  return [
    '',
    `## ${scenario.name}: ${scenario.about}`,
    parameters.join(', '),
    '',
    ...tableOf(outcome.rows),
    '',
    ...outcome.checks.map(verdict),
    ...outcome.notes,
  ].join('\n');
}
