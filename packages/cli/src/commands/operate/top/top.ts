import { parseDuration } from '@xsoar-intel/config';
import {
  type ConnectorStatus,
  createPace,
  readCounters,
  readStatus,
  statusOf,
  verdictOf,
} from '@xsoar-intel/pipeline';
import { EXIT } from '../../../exit-code.ts';
import { CommandError } from '../../../load.ts';
import { openScreen, type Screen } from '../../../terminal/screen.ts';
import { version } from '../../../version.ts';
import { type OperatorOptions, type Session, withSession } from '../session.ts';
import { stateOf } from '../status/status.ts';
import { within } from '../within.ts';
import { createFlow } from './flow.ts';
import { blindLine, type Moment, momentLine, momentScreen } from './frame.ts';
import { listenForEnd } from './keys.ts';

/** Options of `top`. */
export interface TopOptions extends OperatorOptions {
  interval?: string;
  once?: boolean;
}

const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
/** A screen of its own, without a cursor and without breaking long lines, and back to what was there. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';

/** `xsoar-intel top`: what flows, once a second; a screen on a terminal, lines elsewhere. */
export function top(options: TopOptions): Promise<number> {
  const everyMs = parseDuration(options.interval ?? '1s');
  if (everyMs === null || everyMs < 100) {
    throw new CommandError(
      `--interval takes a duration of at least 100ms, not "${options.interval}".`,
      EXIT.usage,
    );
  }
  return withSession(options, async (session) => {
    const screen = openScreen();
    const live = process.stdout.isTTY && !options.once;
    const end = listenForEnd(process.stdin, live);
    const see = watcher(session);
    if (live) process.stdout.write(ENTER);
    try {
      // Rates need two looks: the first is only shown where it will be replaced.
      let first = await seen(see);
      if (live) draw(first, screen);
      while (!end.ended) {
        await end.sleep(everyMs);
        if (end.ended) break;
        first = await seen(see);
        if (live) draw(first, screen);
        else screen.line(typeof first === 'string' ? first : momentLine(first));
        if (options.once || !(await screen.room())) break;
      }
    } finally {
      end.dispose();
      if (live) process.stdout.write(LEAVE);
    }
    await screen.flush();
    return EXIT.fine;
  });
}

/** A Redis that is away for a while does not end the view. */
async function seen(see: () => Promise<Moment>): Promise<Moment | string> {
  try {
    return await within(3_000, see());
  } catch (error) {
    return blindLine(Date.now(), error instanceof Error ? error.message : String(error));
  }
}

function watcher({ redis, keys, queue, config }: Session): () => Promise<Moment> {
  const flow = createFlow();
  const pace = createPace();
  return async () => {
    const at = Date.now();
    const [reading, counters] = await Promise.all([
      readStatus(redis, keys, queue, at),
      readCounters(redis, queue),
    ]);
    const { cursor, pending } = reading.snapshot;
    const status: ConnectorStatus = statusOf(reading, {
      version,
      connectorId: config.connector.id,
      pace: pace.note({ at, pending, cursorMs: cursor?.id.ms || null }),
    });
    const verdict = verdictOf(status);
    return { at, status, verdict, state: stateOf(verdict), flow: flow.note({ at, ...counters }) };
  };
}

function draw(moment: Moment | string, { paint }: Screen): void {
  const lines = typeof moment === 'string' ? [paint.bad(moment)] : momentScreen(moment, paint);
  const rows = process.stdout.rows;
  const text = lines.slice(0, rows - 1).map((line) => `${line}${CLEAR_LINE}\n`);
  process.stdout.write(`${HOME}${text.join('')}${CLEAR_BELOW}`);
}
