/** A moment of `top` as lines: many for a screen, one for a pipe. */
import { type ConnectorStatus, type Verdict, words } from '@xsoar-intel/pipeline';
import type { Paint } from '../../../terminal/paint.ts';
import { visible } from '../../../terminal/visible.ts';
import { holdText } from '../status/status-lines.ts';
import { type Flow, sparkline } from './flow.ts';

/** What is seen at one moment. */
export interface Moment {
  at: number;
  status: ConnectorStatus;
  verdict: Verdict;
  /** `healthy`, `degraded` or `broken`. */
  state: string;
  flow: Flow;
}

const { count, duration } = words;

const rounded = (perSecond: number | null): number | null =>
  perSecond === null ? null : Math.round(perSecond);

/** One line, for logs and pipes. */
export function momentLine({ at, status, state, flow }: Moment): string {
  const { stream, pending, pace, jobs, deadLetters, holds, workers } = status;
  return [
    new Date(at).toISOString(),
    state,
    `in=${rounded(flow.inPerSecond) ?? '-'}/s`,
    `out=${rounded(flow.outPerSecond) ?? '-'}/s`,
    `pending=${pending.entities}`,
    `oldest=${seconds(pending.oldestMs)}`,
    `active=${jobs.active}`,
    `lag=${seconds(stream.behindMs)}`,
    `dead=${deadLetters.total}`,
    `holds=${holds.map(({ kind }) => kind).join(',') || 'none'}`,
    `workers=${workers.length}`,
    `ingest=${stream.ingestActive ? 'active' : 'none'}`,
    `empty-in=${pending.entities > 0 ? seconds(pace?.emptyInMs ?? null) : '-'}`,
    `caught-up-in=${seconds(pace?.caughtUpInMs ?? null)}`,
  ].join(' ');
}

const seconds = (ms: number | null): string => (ms === null ? '-' : `${Math.round(ms / 1_000)}s`);

/** A screen. */
export function momentScreen(moment: Moment, paint: Paint): string[] {
  const { at, status, verdict, flow } = moment;
  const { stream, pending, pace, jobs, retrying } = status;
  const tone = { good: paint.good, attention: paint.warn, trouble: paint.bad }[verdict.level];
  const row = (name: string, value: string, rest = ''): string =>
    `  ${paint.faint(name.padEnd(10))}${paint.strong(value.padStart(10))}  ${rest}`.trimEnd();
  return [
    `${paint.strong('xsoar-intel top')}  ${visible(status.connectorId)}  ${words.instant(at)}`,
    '',
    // It repeats what OpenCTI said.
    paint.strong(tone(visible(verdict.headline))),
    visible(verdict.detail),
    '',
    row('in', rate(flow.inPerSecond), 'deliveries asked for'),
    row('out', rate(flow.outPerSecond), sparkline(flow.history) || 'deliveries that ended'),
    row('pending', count(pending.entities), pendingRest(status)),
    row(
      'active',
      count(jobs.active),
      [
        `${count(jobs.waiting)} waiting, ${count(jobs.delayed)} delayed`,
        ...retrying.groups.map(
          ({ reason, count: size }) => `${count(size)} for ${visible(reason)}`,
        ),
      ].join(', '),
    ),
    row('lag', stream.behindMs === null ? '-' : duration(stream.behindMs), lagRest(status)),
    row('dead', count(status.deadLetters.total), reasons(status)),
    row('set aside', count(status.setAside.total)),
    row(
      'workers',
      count(status.workers.length),
      status.workers.map(({ name }) => visible(name)).join(' '),
    ),
    row('ingest', stream.ingestActive ? 'active' : 'none'),
    row('holds', count(status.holds.length)),
    ...status.holds.map((hold) => `    ${holdText(hold, paint, at)}`),
    ...(pace === null
      ? ['', paint.faint('  How fast the backlog changes is known after ten seconds.')]
      : []),
    '',
    paint.faint('  q or Ctrl-C ends'),
  ];
}

function rate(perSecond: number | null): string {
  const whole = rounded(perSecond);
  return `${whole === null ? '-' : count(whole)}/s`;
}

function pendingRest({ pending, pace }: ConnectorStatus): string {
  const parts = [
    pending.oldestMs === null ? '' : `oldest ${duration(pending.oldestMs)}`,
    pace === null || pace.pendingPerMinute === 0
      ? ''
      : `${pace.pendingPerMinute > 0 ? '+' : ''}${count(pace.pendingPerMinute)} a minute`,
    typeof pace?.emptyInMs === 'number' && pending.entities > 0
      ? `empty in ${duration(pace.emptyInMs)}`
      : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function lagRest({ stream, pace }: ConnectorStatus): string {
  const parts = [
    typeof stream.told?.heldBack === 'string' ? `held back: ${visible(stream.told.heldBack)}` : '',
    stream.cursor === null ? 'no cursor' : `cursor ${visible(stream.cursor)}`,
    stream.recoverUntil === null ? '' : `catch-up until ${visible(stream.recoverUntil)}`,
    typeof pace?.caughtUpInMs === 'number'
      ? `${pace.streamSpeed} times as fast as time goes, caught up in ${duration(pace.caughtUpInMs)}`
      : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function reasons({ deadLetters: { groups, looked, total } }: ConnectorStatus): string {
  const text = groups.map(({ reason, count: size }) => `${reason} ${count(size)}`).join(', ');
  return looked < total && text !== '' ? `of the newest ${count(looked)}: ${text}` : text;
}

/** What a look in vain says; `top` goes on looking. */
export function blindLine(at: number, reason: string): string {
  return `${new Date(at).toISOString()} unknown: ${visible(reason)}`;
}
