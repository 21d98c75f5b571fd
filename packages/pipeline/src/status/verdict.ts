import { type HoldKind, holdsEverything } from '../queue/hold.ts';
import type { StreamStatus } from '../queue/stream-status.ts';
import { HOLD_ADVICE } from './advice.ts';
import type { ConnectorStatus } from './status.ts';
import { counted, duration } from './words.ts';

/** `good`: intelligence reaches XSOAR. `attention`: it does, but. `trouble`: it does not. */
export type Level = 'good' | 'attention' | 'trouble';

/** One thing that is not as it should be. */
export interface Problem {
  level: Exclude<Level, 'good'>;
  what: string;
  action: string;
}

/** The answer to the first question: does intelligence reach XSOAR? */
export interface Verdict {
  level: Level;
  headline: string;
  /** What follows from it, or what can be done. */
  detail: string;
  /** The worst first; the headline is the first of them, if there is one. */
  problems: Problem[];
}

/** Older undelivered states are worth a look, in ms. */
export const OLD_PENDING_MS = 15 * 60_000;
/** A cursor that is further behind the clock is worth a look, in ms. */
export const BEHIND_MS = 10 * 60_000;
/** A connection that is lost for no longer is ordinary, in ms. */
export const LOST_MS = 30_000;
/** Of what the ingest says, in characters. */
const REASON_MAX = 300;

/** Holds that end by themselves, that somebody wants, or that let all but deletes through. */
const MILD: readonly HoldKind[] = ['rate-limit', 'operator', 'delete-storm'];

/** Judges a status. */
export function verdictOf(status: ConnectorStatus): Verdict {
  const problems = [...holds(status), ...processes(status), ...lag(status), ...dead(status)].sort(
    (a, b) => severity(b) - severity(a),
  );
  const [worst] = problems;
  return {
    level: worst?.level ?? 'good',
    headline: worst?.what ?? 'Indicators reach XSOAR.',
    detail: worst?.action ?? allIsWell(status),
    problems,
  };
}

const severity = (problem: Problem): number => (problem.level === 'trouble' ? 1 : 0);

function allIsWell({ pending }: ConnectorStatus): string {
  if (pending.entities === 0) return 'Everything that was read is delivered.';
  return `${counted(pending.entities, 'state is', 'states are')} on the way.`;
}

function holds({ holds: open }: ConnectorStatus): Problem[] {
  return open.map(({ kind }) => ({
    level: MILD.includes(kind) ? 'attention' : 'trouble',
    ...HOLD_ADVICE[kind],
  }));
}

function processes({ stream, workers }: ConnectorStatus): Problem[] {
  const problems: Problem[] = [];
  if (!stream.ingestActive) {
    problems.push({
      level: 'trouble',
      what: 'No ingest reads the stream.',
      action: 'Start “xsoar-intel ingest”. If it runs, its log says what it waits for.',
    });
  } else if (stream.told !== null) {
    problems.push(...told(stream.told));
  }
  if (workers.length === 0) {
    problems.push({
      level: 'trouble',
      what: 'No worker is alive.',
      action: 'Start “xsoar-intel worker”. If it runs, its log says what it waits for.',
    });
  }
  return problems;
}

/** What the ingest itself says of the stream. */
function told(status: StreamStatus): Problem[] {
  return [...connection(status), ...heldBack(status)];
}

/** Backpressure, which no other figure explains: the stream falls behind while all is at work. */
function heldBack({ heldBack: reason }: StreamStatus): Problem[] {
  if (typeof reason !== 'string') return [];
  return [
    {
      level: 'attention',
      what: `The stream waits for the deliveries: ${reason.slice(0, REASON_MAX)}.`,
      action:
        'OpenCTI keeps what is not read, and it is read again by itself below the lower mark. If that takes too long: more workers, or more memory for Redis.',
    },
  ];
}

function connection({ state, since, at, reason, catchUp }: StreamStatus): Problem[] {
  if (state === 'catching-up' && catchUp !== null) {
    const left = catchUp.leftMs === null ? '' : `; about ${duration(catchUp.leftMs)} left`;
    return [
      {
        level: 'attention',
        what: `OpenCTI catches up from its database: ${catchUp.objects} objects, ${catchUp.perSecond} a second${left}.`,
        action: 'Wait. Deletes of that time are not part of it: reconcile afterwards.',
      },
    ];
  }
  if (state !== 'waiting' && state !== 'unauthorized' && state !== 'stopped') return [];
  if (state === 'waiting' && at - since <= LOST_MS) return [];
  return [
    {
      level: 'trouble',
      what: `The stream is not read for ${duration(Math.max(at - since, 0))} (${state}).`,
      action: `It is tried again by itself. ${reason.slice(0, REASON_MAX)}`,
    },
  ];
}

function lag({ stream, pending, pace, holds: open, workers }: ConnectorStatus): Problem[] {
  const problems: Problem[] = [];
  if (stream.behindMs !== null && stream.behindMs > BEHIND_MS) {
    problems.push({
      level: 'attention',
      what: `The stream is read ${duration(stream.behindMs)} behind.`,
      action:
        typeof pace?.caughtUpInMs === 'number'
          ? `It catches up and will be there in about ${duration(pace.caughtUpInMs)}.`
          : 'Right after a start it catches up. Otherwise the log of the ingest says why it does not read.',
    });
  }
  const stopped = open.some(holdsEverything) || workers.length === 0;
  if (pending.oldestMs !== null && pending.oldestMs > OLD_PENDING_MS) {
    problems.push({
      level: 'attention',
      what: `A state has waited ${duration(pending.oldestMs)} for its delivery.`,
      action: stopped
        ? 'It goes when deliveries go on.'
        : typeof pace?.emptyInMs === 'number'
          ? `The backlog shrinks and will be gone in about ${duration(pace.emptyInMs)}.`
          : 'More workers, or a higher CONNECTOR_CONSUMER_COUNT, deliver faster as long as XSOAR keeps up.',
    });
  }
  return problems;
}

function dead({ deadLetters }: ConnectorStatus): Problem[] {
  if (deadLetters.total === 0) return [];
  return [
    {
      level: 'attention',
      what: `${counted(deadLetters.total, 'entity', 'entities')} could not be delivered.`,
      action: 'See the dead letters. Put their cause right, then retry them.',
    },
  ];
}
