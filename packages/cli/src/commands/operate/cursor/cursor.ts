/** Where the stream is read: shown, set, taken away. */

import { loadConfig, type Moment } from '@xsoar-intel/config';
import type { RedisStreamInfo } from '@xsoar-intel/opencti';
import {
  createCursorStore,
  formatCursor,
  parseCursor,
  type StoredCursor,
  words,
} from '@xsoar-intel/pipeline';
import { EXIT } from '../../../exit-code.ts';
import { CommandError } from '../../../load.ts';
import { confirmed, mustBeAskable } from '../../../terminal/confirm.ts';
import { openScreen, type Screen } from '../../../terminal/screen.ts';
import { visible, visibleJson } from '../../../terminal/visible.ts';
import { openctiOf } from '../opencti.ts';
import { record } from '../record.ts';
import { type OperatorOptions, type Session, withSession } from '../session.ts';
import { whoAmI } from '../who.ts';
import { effectOf } from './effect.ts';
import { parseTarget } from './target.ts';

/** Options of all commands for the cursor. */
export interface CursorOptions extends OperatorOptions {
  json?: boolean;
  yes?: boolean;
  dryRun?: boolean;
  recover?: boolean;
}

/** `xsoar-intel cursor show`. */
export function showCursor(options: CursorOptions): Promise<number> {
  return withSession(options, async (session) => {
    const screen = openScreen();
    const stored = await createCursorStore(session.redis, session.keys).read();
    const active = await ingestIsActive(session);
    if (options.json) screen.line(visibleJson({ ...cursorJson(stored), ingestActive: active }));
    else {
      for (const line of cursorLines(stored)) screen.line(line);
      screen.line(active ? 'An ingest reads on from there.' : 'No ingest reads.');
    }
    await screen.flush();
    return EXIT.fine;
  });
}

/** `xsoar-intel cursor set`: the next ingest reads from there. */
export function setCursor(text: string, options: CursorOptions): Promise<number> {
  const now = Date.now();
  const target = parseTarget(text, now);
  if (!options.dryRun) mustBeAskable(options.yes);
  return withSession(
    options,
    async (session) => {
      const recoverUntil = options.recover ? new Date(now).toISOString() : null;
      const next = formatCursor({ id: target, recoverUntil });
      const kept = await keptByOpencti(session);
      return change(session, options, next, (stored) => {
        const before = parsed(stored);
        return effectOf(before, target, kept, options.recover === true).lines;
      });
    },
    { withOpencti: true },
  );
}

/** `xsoar-intel cursor reset`: the next ingest begins as the very first one did. */
export function resetCursor(options: CursorOptions): Promise<number> {
  if (!options.dryRun) mustBeAskable(options.yes);
  return withSession(options, (session) =>
    change(session, options, '', (stored) => [
      parsed(stored) === null
        ? 'There is no cursor to take away.'
        : 'The cursor is taken away: the next ingest begins anew, as configured for a first start.',
      ...firstStartLines(options.config),
      'States that were applied, or newer ones, stay as they are: reading again costs time, not deliveries.',
    ]),
  );
}

async function change(
  session: Session,
  options: CursorOptions,
  next: StoredCursor,
  effect: (stored: StoredCursor) => string[],
): Promise<number> {
  const screen = openScreen();
  const store = createCursorStore(session.redis, session.keys);
  await refuseWhileActive(session);
  const stored = await store.read();
  const lines = effect(stored);
  if (!options.json) for (const line of lines) screen.line(line);
  if (options.dryRun) return done(screen, options, stored, next, lines, false);
  if (!(await confirmed('Change the cursor?', options.yes))) {
    screen.line('The cursor stays as it is.');
    await screen.flush();
    return EXIT.failed;
  }
  // Somebody may have taken their time to answer.
  await refuseWhileActive(session);
  const { moved, stored: found } = await store.move(stored, next);
  if (!moved) {
    throw new CommandError(
      `The cursor was moved meanwhile, to ${visible(found) || 'none'}: nothing was changed.`,
    );
  }
  const name = next === '' ? 'cursor reset' : 'cursor set';
  await record(session, name, `from ${stored || 'none'} to ${next || 'none'}`);
  return done(screen, options, stored, next, lines, true);
}

async function done(
  screen: Screen,
  options: CursorOptions,
  before: StoredCursor,
  after: StoredCursor,
  effect: readonly string[],
  changed: boolean,
): Promise<number> {
  if (options.json) {
    screen.line(
      visibleJson({
        changed,
        before: cursorJson(before),
        after: cursorJson(after),
        effect,
        by: whoAmI(),
      }),
    );
  } else if (changed) {
    screen.line(`The cursor was ${visible(before) || 'none'} and is ${after || 'none'}.`);
    screen.line('Start the ingest: it reads on from there.');
  } else screen.line('Nothing was changed.');
  await screen.flush();
  return EXIT.fine;
}

const ingestIsActive = async ({ redis, keys }: Session): Promise<boolean> =>
  (await redis.exists(keys.leader('ingest'))) === 1;

/** An ingest would write its own cursor over ours, or be torn out of its work by it. */
async function refuseWhileActive(session: Session): Promise<void> {
  if (!(await ingestIsActive(session))) return;
  const ttl = await session.redis.pttl(session.keys.leader('ingest'));
  throw new CommandError(
    [
      'An ingest is active and reads the stream: stop it first, and all that stand by.',
      `One that was killed counts as active for another ${words.duration(Math.max(ttl, 0))}.`,
    ].join('\n'),
  );
}

/** What is stored, even where it is no cursor: then setting one is the way out. */
function parsed(stored: StoredCursor) {
  try {
    return parseCursor(stored);
  } catch {
    return null;
  }
}

function cursorJson(stored: StoredCursor) {
  const cursor = parsed(stored);
  if (cursor === null) return { cursor: null, stored: stored || null };
  const { id, recoverUntil } = cursor;
  const at = new Date(id.ms);
  return {
    cursor: id.text,
    at: id.ms > 0 && !Number.isNaN(at.getTime()) ? at.toISOString() : null,
    recoverUntil,
  };
}

function cursorLines(stored: StoredCursor): string[] {
  if (stored === '') return ['There is no cursor: the next ingest begins as configured.'];
  const cursor = parsed(stored);
  if (cursor === null) {
    return [
      `What is stored is no cursor: ${visible(stored)}. "xsoar-intel cursor set" puts one there.`,
    ];
  }
  const { id, recoverUntil } = cursor;
  const when =
    id.ms === 0 ? 'the beginning' : `${words.instant(id.ms)}, ${words.ago(Date.now() - id.ms)}`;
  return [
    `${id.text} (${when})`,
    ...(recoverUntil === null
      ? []
      : [`Catch-up from OpenCTI's database until ${visible(recoverUntil)}.`]),
  ];
}

/** How far OpenCTI's stream reaches; null where it is not configured here or does not say. */
async function keptByOpencti({ config }: Session): Promise<RedisStreamInfo | null> {
  const api = openctiOf(config.opencti);
  if (api === null) return null;
  try {
    return await api.redisStreamInfo();
  } catch {
    // It is only told along: whoever asks "doctor" learns why.
    return null;
  } finally {
    await api.close();
  }
}

/** The ingest's own variables may not be set where an operator sits. */
function firstStartLines(configFile: string | undefined): string[] {
  const loaded = loadConfig('ingest', {
    env: process.env,
    cwd: process.cwd(),
    ...(configFile === undefined ? {} : { configFile }),
  });
  if (!loaded.ok) {
    return ['CONNECTOR_LIVE_STREAM_START_TIMESTAMP and _RECOVER_ISO_DATE of the ingest say where.'];
  }
  const { startAt, recoverUntil } = loaded.config.stream.first;
  const at = ({ kind, ms }: Moment): string =>
    words.instant(kind === 'at' ? ms : Math.max(Date.now() - ms, 0));
  const from = startAt === null ? 'the oldest event that OpenCTI keeps' : at(startAt);
  const until = recoverUntil === 'now' || recoverUntil === null ? 'now' : at(recoverUntil);
  return [
    `It reads from ${from}${recoverUntil === null ? '' : `, after a catch-up from its database until ${until}`}.`,
  ];
}
