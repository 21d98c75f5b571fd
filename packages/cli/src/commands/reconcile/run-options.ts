/** What the options of `xsoar-intel reconcile` ask for. */
import { parseDate, parseDuration } from '@xsoar-intel/config';
import type { RunOptions } from '@xsoar-intel/pipeline';
import { EXIT } from '../../exit-code.ts';
import { CommandError } from '../../load.ts';
import type { OperatorOptions } from '../operate/session.ts';

/** Options of the command. */
export interface ReconcileOptions extends OperatorOptions {
  apply?: boolean;
  dryRun?: boolean;
  sample?: number;
  percent?: number;
  since?: string;
  formerSource?: string[];
  restart?: boolean;
  yes?: boolean;
  json?: boolean;
}

/**
 * Refuses what contradicts itself.
 * @param eventTypes FILTER_EVENT_TYPES
 * @throws CommandError (exit 2)
 */
export function refuseOptions(options: ReconcileOptions, eventTypes: readonly string[]): void {
  const refuse = (message: string): never => {
    throw new CommandError(message, EXIT.usage);
  };
  if (options.apply && options.dryRun) {
    refuse('--dry-run changes nothing and --apply does: leave one of them out.');
  }
  if (options.sample !== undefined && options.percent !== undefined) {
    refuse('Either --sample or --percent.');
  }
  if (options.apply && eventTypes.length > 0) {
    refuse(
      'FILTER_EVENT_TYPES is set: XSOAR is not meant to hold everything, so nothing is repaired. Compare without --apply.',
    );
  }
  if (options.formerSource?.some((name) => name.trim() === '')) {
    refuse('--former-source wants a name.');
  }
  if (options.formerSource !== undefined && options.since !== undefined) {
    refuse(
      'With --since nothing is too many, so --former-source would find nothing: leave one of them out.',
    );
  }
}

/**
 * The run that is asked for.
 * @param known how many indicators are known here; `now` in ms since 1970
 * @throws CommandError (exit 2) where `--since` is no moment
 */
export async function runOptions(
  { apply = false, sample, percent, since, formerSource }: ReconcileOptions,
  { known, now }: { known(): Promise<number>; now: number },
): Promise<RunOptions> {
  return {
    apply,
    share: sample === undefined ? (percent ?? 100) / 100 : shareOf(sample, await known()),
    since: since === undefined ? null : momentOf(since, now),
    // In one order, so that the same names mean the same run.
    ...(formerSource === undefined ? {} : { formerSources: [...new Set(formerSource)].sort() }),
  };
}

/** In whole permille, so that a run is resumed though the number of indicators moved a little. */
function shareOf(sample: number, known: number): number {
  return Math.min(Math.ceil((1_000 * sample) / Math.max(known, 1)) / 1_000, 1);
}

/** A date as it is; a distance back from now to the hour, so that a second call means the same. */
function momentOf(text: string, now: number): number {
  const date = parseDate(text.trim());
  if (date !== null) return date;
  const ago = parseDuration(text.trim());
  if (ago === null) {
    throw new CommandError(
      `"${text}" is neither a date (2026-01-31T12:00:00Z) nor a distance back from now (P7D, 12h).`,
      EXIT.usage,
    );
  }
  const hour = 3_600_000;
  return Math.floor((now - ago) / hour) * hour;
}
