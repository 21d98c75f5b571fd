/** `xsoar-intel reconcile`: compares XSOAR with OpenCTI, and has repaired what differs. */
import { parseDate, parseDuration } from '@xsoar-intel/config';
import { OpenctiError } from '@xsoar-intel/opencti';
import {
  driftOf,
  type Keys,
  ListingError,
  LostRunError,
  type Office,
  type Redis,
  type Report,
  type RunOptions,
  reconcile as runReconcile,
  takeOffice,
  words,
} from '@xsoar-intel/pipeline';
import { XsoarError } from '@xsoar-intel/xsoar';
import { EXIT } from '../../exit-code.ts';
import { CommandError, loadFor } from '../../load.ts';
import { openReconcileParts } from '../../reconciliation/parts.ts';
import { confirmed } from '../../terminal/confirm.ts';
import { listenForInterrupt } from '../../terminal/interrupt.ts';
import { showProgress } from '../../terminal/progress.ts';
import { openScreen } from '../../terminal/screen.ts';
import { visible, visibleJson } from '../../terminal/visible.ts';
import { type OperatorOptions, withLoadedSession } from '../operate/session.ts';
import { createPace } from './pace.ts';
import { reportLines } from './report-lines.ts';

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

/** Longer than the office of one that was killed lasts, in ms. */
const PATIENCE_MS = 15_000;

/** Compares. Exit codes: 0 nothing differs, or all of it is being repaired; 1 otherwise. */
export async function reconcile(options: ReconcileOptions): Promise<number> {
  const loaded = loadFor(['ingest', 'worker', 'operator'], options.config);
  const { config } = loaded;
  if (options.apply && config.filter.eventTypes.length > 0) {
    throw new CommandError(
      'FILTER_EVENT_TYPES is set: XSOAR is not meant to hold everything, so nothing is repaired. Compare without --apply.',
      EXIT.usage,
    );
  }
  if (options.formerSource?.some((name) => name.trim() === '')) {
    throw new CommandError('--former-source wants a name.', EXIT.usage);
  }
  if (options.formerSource !== undefined && options.since !== undefined) {
    throw new CommandError(
      'With --since nothing is too many, so --former-source would find nothing: leave one of them out.',
      EXIT.usage,
    );
  }
  return withLoadedSession(loaded, async ({ redis, keys, queue }) => {
    const screen = openScreen();
    const interrupt = listenForInterrupt();
    const progress = showProgress(process.stderr);
    const pace = createPace(Date.now);
    const office = await officeOf(redis, keys, interrupt.signal);
    const { parts, close } = openReconcileParts(config, { redis, keys, queue });
    try {
      const report = await runReconcile(
        {
          ...parts,
          fence: office.fence,
          signal: AbortSignal.any([interrupt.signal, office.lost]),
          onStart({ id, resumed }) {
            if (resumed) process.stderr.write(`going on with the run ${id} that was stopped\n`);
          },
          onProgress: (how) => pace.due(() => progress.note(pace.line(how)), how),
          onWait(deliveries) {
            if (deliveries === null) return;
            pace.due(() =>
              progress.note(`waiting: ${words.count(deliveries)} deliveries go first`),
            );
          },
          onRetry: (error) => process.stderr.write(`${visible(error.message)}; trying again\n`),
          allowDeletes: (deletes, held) => askForDeletes(options, deletes, held),
        },
        await runOptions(options, redis, keys),
        options.restart === true,
      );
      progress.end();
      if (options.json) screen.line(visibleJson({ ...report }));
      else for (const line of reportLines(report, screen.paint)) screen.line(line);
      await screen.flush();
      return exitCodeOf(report);
    } catch (error) {
      progress.end();
      throw stopped(error, interrupt.signal.aborted);
    } finally {
      interrupt.dispose();
      await close();
      await office.leave();
    }
  });
}

async function askForDeletes(
  { yes }: ReconcileOptions,
  deletes: number,
  held: number,
): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  return confirmed(
    `\n${words.count(deletes)} of the ${words.count(held)} indicators in XSOAR would be deleted. Delete them?`,
    false,
  );
}

async function runOptions(
  { apply = false, sample, percent, since, formerSource }: ReconcileOptions,
  redis: Redis,
  keys: Keys,
): Promise<RunOptions> {
  if (sample !== undefined && percent !== undefined) {
    throw new CommandError('Either --sample or --percent.', EXIT.usage);
  }
  const known = sample === undefined ? 0 : await redis.hlen(keys.bindings);
  // In whole permille, so that a run is resumed though the number of indicators moved a little.
  const ofSample =
    sample === undefined
      ? 1
      : Math.min(Math.ceil((1_000 * sample) / Math.max(known, 1)) / 1_000, 1);
  return {
    apply,
    share: percent === undefined ? ofSample : percent / 100,
    since: since === undefined ? null : momentOf(since),
    // In one order, so that the same names mean the same run.
    ...(formerSource === undefined ? {} : { formerSources: [...new Set(formerSource)].sort() }),
  };
}

/** A date as it is; a distance back from now to the hour, so that a second call means the same. */
function momentOf(text: string): number {
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
  return Math.floor((Date.now() - ago) / hour) * hour;
}

async function officeOf(redis: Redis, keys: Keys, signal: AbortSignal): Promise<Office> {
  const office = await takeOffice(redis, keys, PATIENCE_MS, signal);
  if (office !== null) return office;
  throw new CommandError(
    'Another process reconciles right now: a command, or the active ingest (RECONCILE_INTERVAL).',
  );
}

function exitCodeOf(report: Report): number {
  const drift = driftOf(report.counts);
  if (drift === 0) return EXIT.fine;
  return report.applied && report.deletesRefused === null ? EXIT.fine : EXIT.failed;
}

/** What stopped the run, in words; it goes on where it was. */
function stopped(error: unknown, interrupted: boolean): unknown {
  const goOn = 'Nothing is concluded from what was not listed. The same command goes on from here.';
  if (interrupted) return new CommandError(`Stopped. ${goOn}`);
  if (error instanceof ListingError) {
    return new CommandError(
      `The listing of ${error.side} cannot be trusted: ${visible(error.message)}\n${goOn}`,
    );
  }
  if (error instanceof LostRunError) return new CommandError(error.message);
  if (error instanceof XsoarError || error instanceof OpenctiError) {
    return new CommandError(`${visible(error.message)}\n${goOn}`);
  }
  return error;
}
