import { median } from './statistics.ts';

/** Full figures, a look in passing, or no more than proof that it runs. */
export type Size = 'full' | 'quick' | 'smoke';

/** What a scenario is run with. */
export interface Context {
  readonly size: Size;
  /** Runs of each row; figures are their medians. */
  readonly runs: number;
  /** Variables for the processes under measurement, beyond those of the scenario. */
  readonly environment: Readonly<Record<'ingest' | 'worker' | 'board', Record<string, string>>>;
  /** POSTs per second of the bare loop at this concurrency, measured in this very run of the bench. */
  limit(concurrency: number): Promise<number>;
  /** Tells whoever waits how far it is. */
  say(text: string): void;
}

/** One line of a scenario's table: every figure once per run, its name ends with its unit. */
export interface Row {
  readonly label: string;
  readonly figures: Readonly<Record<string, readonly number[]>>;
}

/** A target and what came of it. */
export interface Check {
  readonly what: string;
  readonly target: number;
  readonly bound: 'at least' | 'at most';
  readonly measured: number;
  readonly reached: boolean;
}

/** What a scenario found. */
export interface Outcome {
  /** Counts and settings, for whoever compares. */
  readonly parameters: Readonly<Record<string, number | string>>;
  readonly rows: readonly Row[];
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
}

/** Something that can be measured. */
export interface Scenario {
  readonly name: string;
  /** What is measured, in a sentence. */
  readonly about: string;
  run(context: Context): Promise<Outcome>;
}

/** The number for the size of this run. */
export function sized(context: Pick<Context, 'size'>, sizes: Record<Size, number>): number {
  return sizes[context.size];
}

/** Measures a row: `measure` is called once per run with 1, 2, 3… as a seed. */
export async function measureRow(
  context: Context,
  label: string,
  measure: (seed: number) => Promise<Record<string, number>>,
): Promise<Row> {
  const figures: Record<string, number[]> = {};
  for (let seed = 1; seed <= context.runs; seed += 1) {
    const measured = await measure(seed);
    for (const [name, value] of Object.entries(measured)) {
      figures[name] = [...(figures[name] ?? []), value];
    }
    const shown = Object.entries(measured).map(([name, value]) => `${name} ${value.toFixed(2)}`);
    context.say(`${label}, run ${seed} of ${context.runs}: ${shown.join(', ')}`);
  }
  return { label, figures };
}

/** The median of a figure of a row; NaN where there is none. */
export function medianOf(row: Row, figure: string): number {
  return median(row.figures[figure] ?? []);
}

/** Holds a figure against its target. What is not a number does not reach it. */
export function check(
  what: string,
  measured: number,
  bound: Check['bound'],
  target: number,
): Check {
  const reached = bound === 'at least' ? measured >= target : measured <= target;
  return { what, target, bound, measured, reached };
}
