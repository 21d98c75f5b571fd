/** `xsoar-intel reconcile`: compares XSOAR with OpenCTI, and has repaired what differs. */
import { OpenctiError } from '@xsoar-intel/opencti';
import {
  driftOf,
  type Keys,
  ListingError,
  LostRunError,
  type Office,
  type Redis,
  type Report,
  reconcile as runReconcile,
  takeOffice,
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
import { withLoadedSession } from '../operate/session.ts';
import { deleteQuestion } from './delete-question.ts';
import { createPace, waitingLine } from './pace.ts';
import { reportLines } from './report-lines.ts';
import { type ReconcileOptions, refuseOptions, runOptions } from './run-options.ts';

/** Longer than the office of one that was killed lasts, in ms. */
const PATIENCE_MS = 15_000;

/** Compares. Exit codes: 0 nothing differs, or all of it is being repaired; 1 otherwise. */
export async function reconcile(options: ReconcileOptions): Promise<number> {
  const loaded = loadFor(['ingest', 'worker', 'operator'], options.config);
  const { config } = loaded;
  refuseOptions(options, config.filter.eventTypes);
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
          onWait(waiting) {
            if (waiting !== null) pace.due(() => progress.note(waitingLine(waiting)));
          },
          onRetry: (error) => process.stderr.write(`${visible(error.message)}; trying again\n`),
          allowDeletes: deleteQuestion(options.yes === true, {
            isTerminal: process.stdin.isTTY && process.stderr.isTTY,
            ask: (question) => confirmed(question, false),
          }),
        },
        await runOptions(options, { known: () => redis.hlen(keys.bindings), now: Date.now() }),
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
