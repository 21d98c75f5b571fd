/** The operator's own hold, and the end of any hold. */
import { parseDuration } from '@xsoar-intel/config';
import { createHolds, HOLD_KINDS, type Hold, type HoldKind, words } from '@xsoar-intel/pipeline';
import { EXIT } from '../../exit-code.ts';
import { CommandError } from '../../load.ts';
import { openScreen, type Screen } from '../../terminal/screen.ts';
import { visible, visibleJson } from '../../terminal/visible.ts';
import { record } from './record.ts';
import { type OperatorOptions, type Session, withSession } from './session.ts';
import { holdText } from './status/status-lines.ts';
import { whoAmI } from './who.ts';

/** Options of `pause`. */
export interface PauseOptions extends OperatorOptions {
  reason: string;
  for?: string;
  json?: boolean;
}

/** Longest reason, in characters: it is shown on one line. */
const MAX_REASON = 500;

/** `xsoar-intel pause`: nobody pushes anything until somebody resumes. */
export function pause(options: PauseOptions): Promise<number> {
  const reason = options.reason.trim();
  if (reason === '')
    throw new CommandError('--reason wants words for those who will read it.', EXIT.usage);
  if (reason.length > MAX_REASON) {
    throw new CommandError(`--reason takes at most ${MAX_REASON} characters.`, EXIT.usage);
  }
  const forMs = options.for === undefined ? null : parseDuration(options.for);
  if (forMs === null && options.for !== undefined) {
    throw new CommandError(
      `--for takes a duration such as 30m or 2h, not "${options.for}".`,
      EXIT.usage,
    );
  }
  return withSession(options, async (session) => {
    const screen = openScreen();
    const holds = createHolds(session.redis, session.keys);
    const before = (await holds.list()).find(({ kind }) => kind === 'operator');
    const hold = await holds.open('operator', { reason, by: whoAmI(), forMs });
    await record(session, 'pause', reason);
    if (options.json) screen.line(visibleJson(jsonOf(hold)));
    else {
      if (before)
        screen.line(`It was paused already, by ${visible(before.by)}: ${visible(before.reason)}`);
      screen.line(`Deliveries are paused by ${visible(hold.by)}: ${visible(reason)}`);
      screen.line('Pushes under way are finished. The stream is read on; nothing is lost.');
      screen.line(
        hold.until === null
          ? 'They go on after "xsoar-intel resume".'
          : `They go on at ${words.instant(hold.until)}, or after "xsoar-intel resume".`,
      );
    }
    await screen.flush();
    return EXIT.fine;
  });
}

/** Options of `resume`. */
export interface ResumeOptions extends OperatorOptions {
  /** A kind of hold, or `all`. */
  hold?: string;
  json?: boolean;
}

/** `xsoar-intel resume`: ends the operator's pause, or another hold, so that workers try again. */
export function resume(options: ResumeOptions): Promise<number> {
  const kinds = kindsOf(options.hold ?? 'operator');
  return withSession(options, async (session) => {
    const screen = openScreen();
    const holds = createHolds(session.redis, session.keys);
    const before = await holds.list();
    const cleared: Hold[] = [];
    for (const hold of before.filter(({ kind }) => kinds.includes(kind))) {
      if (!(await holds.clear(hold.kind))) continue;
      cleared.push(hold);
      await record(session, 'resume', `${hold.kind}: ${hold.reason}`);
    }
    const left = before.filter((hold) => !cleared.includes(hold));
    if (options.json)
      screen.line(visibleJson({ cleared: cleared.map(jsonOf), left: left.map(jsonOf) }));
    else await tellResumed(session, screen, cleared, left);
    await screen.flush();
    return EXIT.fine;
  });
}

function kindsOf(text: string): readonly HoldKind[] {
  if (text === 'all') return HOLD_KINDS;
  const kind = HOLD_KINDS.find((known) => known === text);
  if (kind !== undefined) return [kind];
  throw new CommandError(
    `"${text}" is no kind of hold; there are ${HOLD_KINDS.join(', ')}, and all for every one.`,
    EXIT.usage,
  );
}

async function tellResumed(
  { redis, keys }: Session,
  screen: Screen,
  cleared: readonly Hold[],
  left: readonly Hold[],
): Promise<void> {
  const now = Date.now();
  for (const hold of cleared) {
    const by = `${hold.kind}, ${words.duration(Math.max(now - hold.since, 0))} ago, by ${visible(hold.by)}`;
    screen.line(`Ended a hold (${by}): ${visible(hold.reason)}`);
  }
  if (cleared.some(({ kind }) => kind === 'delete-storm')) {
    screen.line(
      'The deletes that waited are delivered, a sweep later (SWEEP_INTERVAL); new ones are counted anew.',
    );
  }
  if (cleared.some(({ kind }) => kind !== 'operator' && kind !== 'delete-storm')) {
    screen.line(
      'The next deliveries find out whether XSOAR takes them; if not, they are held again.',
    );
  }
  if (left.length > 0) {
    screen.line('Deliveries are still held:');
    for (const hold of left) screen.line(`  ${holdText(hold, screen.paint, now)}`);
    screen.line('"xsoar-intel resume --hold KIND" ends one of these too.');
    return;
  }
  const pending = words.counted(await redis.zcard(keys.pending), 'entity is', 'entities are');
  screen.line(cleared.length === 0 ? 'Nothing is held.' : `Deliveries go on: ${pending} pending.`);
}

const jsonOf = ({ kind, reason, since, until, by }: Hold) => ({
  kind,
  reason,
  by,
  since: new Date(since).toISOString(),
  until: until === null ? null : new Date(until).toISOString(),
});
