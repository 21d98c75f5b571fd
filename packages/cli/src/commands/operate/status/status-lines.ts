import {
  type ConnectorStatus,
  DEAD_ADVICE,
  type Hold,
  type Verdict,
  words,
} from '@xsoar-intel/pipeline';
import type { Paint } from '../../../terminal/paint.ts';
import { excerpt, visible } from '../../../terminal/visible.ts';
import type { Look } from './status.ts';

const { ago, count, counted, duration, instant } = words;

/** Characters of foreign text on one line. */
const EXCERPT = 100;
/** Columns of the names at the left. */
const NAME = 12;

/** The whole state on one screen: first the answer, then what is wrong, then the figures. */
export function statusLines({ status, verdict }: Look, paint: Paint, now: number): string[] {
  const row = (name: string, text: string): string => `  ${name.padEnd(NAME)}${text}`;
  const more = (text: string): string => row('', text);
  const lines = [...verdictLines(verdict, paint), ''];

  lines.push(row('Stream', streamText(status, now)));
  if (typeof status.stream.told?.name === 'string') {
    lines.push(more(`called ${excerpt(status.stream.told.name, EXCERPT)} in OpenCTI`));
  }
  if (status.stream.recoverUntil !== null) {
    lines.push(more(`catch-up until ${visible(status.stream.recoverUntil)}`));
  }
  if (typeof status.stream.told?.heldBack === 'string') {
    lines.push(more(`held back: ${excerpt(status.stream.told.heldBack, EXCERPT)}`));
  }
  lines.push(row('Pending', pendingText(status)));
  const { rates, retrying } = status;
  const { waiting, active, delayed } = status.jobs;
  lines.push(
    row('Jobs', `${count(active)} active, ${count(waiting)} waiting, ${count(delayed)} delayed`),
  );
  for (const { reason, count: size, message } of retrying.groups) {
    lines.push(
      more(`${count(size)} to try again, ${visible(reason)}: ${excerpt(message, EXCERPT)}`),
    );
  }
  if (rates !== null) {
    const { last1, last5, last15 } = rates;
    lines.push(
      row(
        'Delivered',
        `${count(last1)} in the last minute, ${count(last5)} a minute over 5 min, ${count(last15)} over 15 min`,
      ),
    );
  }
  lines.push(row('Workers', workersText(status)));
  const [firstHold, ...otherHolds] = status.holds;
  lines.push(row('Holds', firstHold ? holdText(firstHold, paint, now) : 'none'));
  for (const hold of otherHolds) lines.push(more(holdText(hold, paint, now)));
  lines.push(...deadLetterLines(status, row, more));
  lines.push(row('Set aside', setAsideText(status)));
  const [newest] = status.setAside.newest;
  if (newest) {
    lines.push(
      more(
        `newest ${ago(now - newest.at)}: ${excerpt(`${newest.reason}: ${newest.detail}`, EXCERPT)}`,
      ),
    );
  }
  lines.push(row('Reconciled', reconciledText(status, now)));
  for (const [index, { at, by, action, detail }] of status.actions.entries()) {
    const text = `${visible(action)} ${ago(now - at)} by ${visible(by)}: ${excerpt(detail, EXCERPT)}`;
    lines.push(row(index === 0 ? 'Operators' : '', text));
  }
  return lines;
}

function verdictLines({ level, headline, detail, problems }: Verdict, paint: Paint): string[] {
  const tone = { good: paint.good, attention: paint.warn, trouble: paint.bad };
  if (problems.length === 0) return [paint.strong(tone[level](headline)), detail];
  // They repeat what OpenCTI said.
  return problems.flatMap(({ level: worse, what, action }) => [
    paint.strong(tone[worse](visible(what))),
    `  ${visible(action)}`,
  ]);
}

/** `live for 3 min, read by host-a:17 (2 standing by)`. */
function readerText({ stream }: ConnectorStatus, now: number): string {
  const { ingestActive, standingBy, told } = stream;
  const others = standingBy === 0 ? '' : ` (${count(standingBy)} standing by)`;
  if (!ingestActive) return `read by nobody${others}`;
  if (told === null) return `read by an ingest${others}`;
  const since = duration(Math.max(now - told.since, 0));
  return `${visible(told.state)} for ${since}, read by ${visible(told.leader)}${others}`;
}

function streamText(status: ConnectorStatus, now: number): string {
  const { stream } = status;
  const reader = readerText(status, now);
  if (stream.cursor === null) return `${reader}, no cursor yet`;
  const at =
    stream.cursorAt === null || stream.behindMs === null
      ? 'the beginning'
      : `${instant(Date.parse(stream.cursorAt))}, ${duration(stream.behindMs)} ago`;
  return `${reader}, cursor ${visible(stream.cursor)} (${at})`;
}

function pendingText({ pending }: ConnectorStatus): string {
  if (pending.entities === 0) return 'nothing';
  const age = pending.oldestMs === null ? '' : `, the oldest for ${duration(pending.oldestMs)}`;
  return `${counted(pending.entities, 'entity', 'entities')}${age}`;
}

function workersText({ workers }: ConnectorStatus): string {
  if (workers.length === 0) return 'none';
  const all = workers.map(({ name, version }) => visible(`${name} (${version})`));
  return `${count(workers.length)}: ${all.join(', ')}`;
}

/** `credentials for 3 min, next probe in 20 s, by host-a:1: the key is refused`. */
export function holdText(hold: Hold, paint: Paint, now: number): string {
  const rest = hold.until === null ? null : hold.until - now;
  const what = hold.kind === 'operator' ? 'ends' : 'next probe';
  const end =
    rest === null
      ? 'until somebody resumes'
      : rest > 0
        ? `${what} in ${duration(rest)}`
        : 'a probe is due';
  const since = `for ${duration(Math.max(now - hold.since, 0))}`;
  return `${paint.warn(hold.kind)} ${since}, ${end}, by ${visible(hold.by)}: ${excerpt(hold.reason, 2 * EXCERPT)}`;
}

function deadLetterLines(
  { deadLetters: { total, looked, groups } }: ConnectorStatus,
  row: (name: string, text: string) => string,
  more: (text: string) => string,
): string[] {
  if (total === 0) return [row('Dead', 'none')];
  const part = looked < total ? `; of the newest ${count(looked)}` : '';
  const lines = [row('Dead', `${counted(total, 'letter', 'letters')}${part}:`)];
  for (const { reason, count: size, causes } of groups) {
    lines.push(more(`${count(size)} ${reason}: ${DEAD_ADVICE[reason].what}`));
    const [cause] = causes;
    if (cause) lines.push(more(`  most often: ${excerpt(cause.message, EXCERPT)}`));
  }
  lines.push(more('"xsoar-intel dead-letters" lists, explains and retries them'));
  return lines;
}

function reconciledText({ reconciled }: ConnectorStatus, now: number): string {
  if (reconciled === null) return 'never; "xsoar-intel reconcile" compares XSOAR with OpenCTI';
  const { missing, stale, foreign, extra } = reconciled.drift;
  const when = ago(now - Date.parse(reconciled.endedAt));
  if (missing + stale + foreign + extra === 0) return `${when}, XSOAR and OpenCTI agreed`;
  const found = `${count(missing)} missing, ${count(stale)} stale, ${count(foreign)} foreign, ${count(extra)} extra`;
  const { unrepaired } = reconciled;
  return `${when}: ${found}; ${unrepaired === 0 ? 'repair asked for' : `${count(unrepaired)} left as they were`}`;
}

function setAsideText({ setAside }: ConnectorStatus): string {
  return setAside.total === 0
    ? 'nothing'
    : `${counted(setAside.total, 'event', 'events')} that could not be read`;
}
