import {
  type ConnectorStatus,
  readStatus,
  statusOf,
  type Verdict,
  verdictOf,
} from '@xsoar-intel/pipeline';
import { CommandError } from '../../../load.ts';
import { openScreen, type Screen } from '../../../terminal/screen.ts';
import { visible, visibleJson } from '../../../terminal/visible.ts';
import { version } from '../../../version.ts';
import { type OperatorOptions, RedisAway, type Session, withSession } from '../session.ts';
import { within } from '../within.ts';
import { statusLines } from './status-lines.ts';

/** What a monitoring system makes of a verdict: Nagios' 0, 1 and 2. */
const STATES = {
  good: { state: 'healthy', exitCode: 0 },
  attention: { state: 'degraded', exitCode: 1 },
  trouble: { state: 'broken', exitCode: 2 },
} as const;

/** A connector at one moment. */
export interface Look {
  status: ConnectorStatus;
  verdict: Verdict;
}

/** Reads a connector's state, in bounded time. */
export async function look({ redis, keys, queue, config }: Session): Promise<Look> {
  const now = Date.now();
  const reading = await within(5_000, readStatus(redis, keys, queue, now));
  const status = statusOf(reading, { version, connectorId: config.connector.id, pace: null });
  return { status, verdict: verdictOf(status) };
}

/** The word for a verdict: `healthy`, `degraded` or `broken`. */
export function stateOf({ level }: Verdict): string {
  return STATES[level].state;
}

/** `xsoar-intel status`: does intelligence reach XSOAR, and if not, why? */
export async function status(options: OperatorOptions & { json?: boolean }): Promise<number> {
  const screen = openScreen();
  try {
    return await withSession(options, async (session) => {
      const seen = await look(session);
      if (options.json) screen.line(visibleJson(jsonOf(seen)));
      else for (const line of statusLines(seen, screen.paint, Date.now())) screen.line(line);
      await screen.flush();
      return STATES[seen.verdict.level].exitCode;
    });
  } catch (error) {
    const away = error instanceof RedisAway;
    // A configuration that is wrong has an exit code of its own.
    if (!(error instanceof Error) || (error instanceof CommandError && !away)) throw error;
    const headline = away ? 'Redis cannot be asked.' : 'The status cannot be read.';
    const detail = away ? error.message : visible(error.message);
    return unreadable(headline, detail, options.json === true, screen);
  }
}

function jsonOf({ status: { deadLetters, ...rest }, verdict }: Look): unknown {
  const { level, ...words } = verdict;
  return { state: STATES[level].state, ...words, ...rest, deadLetters };
}

/** A monitoring system wants an answer also where there is none. */
async function unreadable(
  headline: string,
  detail: string,
  json: boolean,
  screen: Screen,
): Promise<number> {
  const { state, exitCode } = STATES.trouble;
  if (json) {
    const problems = [{ level: 'trouble', what: headline, action: detail }];
    const readAt = new Date().toISOString();
    screen.line(visibleJson({ state, headline, detail, problems, readAt, version }));
    await screen.flush();
  } else process.stderr.write(`${headline}\n${detail}\n`);
  return exitCode;
}
