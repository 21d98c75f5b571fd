import {
  type ConnectorStatus,
  type Rates,
  readRates,
  readStatus,
  statusOf,
  type Verdict,
  verdictOf,
} from '@xsoar-intel/pipeline';
import { openScreen, type Screen } from '../../../terminal/screen.ts';
import { visibleJson } from '../../../terminal/visible.ts';
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
  rates: Rates | null;
}

/** Reads a connector's state, in bounded time. */
export async function look({ redis, keys, queue, config }: Session): Promise<Look> {
  const now = Date.now();
  const [reading, rates] = await within(
    5_000,
    Promise.all([readStatus(redis, keys, queue, now), readRates(queue, now)]),
  );
  const status = statusOf(reading, { version, connectorId: config.connector.id, pace: null });
  return { status, verdict: verdictOf(status), rates };
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
    if (!(error instanceof RedisAway)) throw error;
    return redisAway(error.message, options.json === true, screen);
  }
}

function jsonOf({ status: { deadLetters, ...rest }, verdict, rates }: Look): unknown {
  const { level, ...words } = verdict;
  return { state: STATES[level].state, ...words, ...rest, rates, deadLetters };
}

/** A monitoring system wants an answer also where there is none. */
async function redisAway(message: string, json: boolean, screen: Screen): Promise<number> {
  if (!json) {
    process.stderr.write(`${message}\n`);
    return STATES.trouble.exitCode;
  }
  const headline = 'Redis cannot be asked.';
  const problem = { level: 'trouble', what: headline, action: message };
  screen.line(
    visibleJson({
      state: STATES.trouble.state,
      headline,
      detail: message,
      problems: [problem],
      readAt: new Date().toISOString(),
      version,
    }),
  );
  await screen.flush();
  return STATES.trouble.exitCode;
}
