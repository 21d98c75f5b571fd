/**
 * A run of `reconcile` in Redis, so that a killed one goes on where it was.
 *
 *   walk ──▶ confirm ──▶ held ──▶ recheck ──▶ relist ──▶ repair ──▶ (gone; its report stays)
 *
 * Whatever one step found is written together with the place where the next one begins, by one
 * script: a step is done whole or again, and the report is the same either way. A process that was
 * frozen until another had its office writes nothing: see fence.ts.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from '../queue/connection.ts';
import type { Keys } from '../queue/keys.ts';
import { type Command, createFenced, type Fence } from './fence.ts';
import {
  type Counts,
  driftOf,
  FINDINGS_MAX,
  type Finding,
  noCounts,
  type Report,
} from './report.ts';
import { createSeen, type Seen } from './seen.ts';
import type { HeldCursor } from './walk-held.ts';

/** Steps of a run: see the head of this file. */
export const PHASES = ['walk', 'confirm', 'held', 'recheck', 'relist', 'repair'] as const;
/** One of {@link PHASES}. */
export type Phase = (typeof PHASES)[number];

/** What a run was asked to do; a run is resumed only by the same. */
export interface RunOptions {
  apply: boolean;
  /** Share of the indicators that is compared, from 0 to 1. */
  share: number;
  /** Only what changed since then, ms since 1970; null: everything. */
  since: number | null;
  /** Sources under which our objects were written before: what XSOAR holds of them is ours, too. */
  formerSources?: readonly string[];
}

/** What is remembered of a run. Times in ms since 1970. */
export interface RunState {
  id: string;
  options: RunOptions;
  startedAt: number;
  /** Until when the catch-up reads; what changed later is left to live deliveries. */
  recoverMs: number;
  /** Newest event of the platform when the run began; null where it was not told. */
  head: string | null;
  phase: Phase;
  /** When the phase began. */
  phaseAt: number;
  /** Event id that the listing goes on from; '' where the second one did not begin yet. */
  streamAt: string;
  /** How often what moved behind the end of the listing was listed, too. */
  followUps: number;
  /** How many of the phase's list are done. */
  listAt: number;
  held: HeldCursor | null;
  counts: Counts;
  /** Why no delete may be issued; null where they may. */
  deletesRefused: string | null;
  notes: string[];
}

/** Something to look at again, or to do. */
export interface Suspect {
  entityId: string;
  /** Looks that found it undelivered. */
  looks: number;
}

/** An object of ours that perhaps should not be there. */
export interface Candidate {
  value: string;
  type: string;
  objectId: string;
  /** The entity that our record names. */
  owner: string | null;
  /** The STIX id by which XSOAR names the indicator; '' where it names none. */
  stixId: string;
  looks: number;
}

/** Something that OpenCTI has, and that the listing did not show. */
export interface Unlisted {
  /** What it is, should the second listing not show it either. */
  finding: Finding;
  repair: Repair;
  /** Its last change, ms since 1970. */
  updatedMs: number;
}

/** A delivery to be asked for. */
export interface Repair {
  entityId: string;
  operation: 'upsert' | 'delete';
  /** Of a delete: by which XSOAR is asked where nothing is remembered. */
  stixId: string;
  /** Version that was known when this was found; null for none. */
  version: string | null;
  /**
   * Of a delete: when OpenCTI's object had changed last, ms since 1970, null for no object. Another
   * answer just before the delete takes it back. Absent: it is not asked again.
   */
  sawMs?: number | null;
  /** Attempts that met a push under way. */
  looks: number;
}

/** What one step adds. */
export interface Step {
  set?: Partial<RunState>;
  add?: Partial<Counts>;
  marks?: readonly string[];
  suspects?: readonly Suspect[];
  candidates?: readonly Candidate[];
  unlisted?: readonly Unlisted[];
  repairs?: readonly Repair[];
  findings?: readonly Finding[];
  /** A list to begin anew. */
  forget?: keyof Lists;
}

/** Items of a list by its name. */
interface Lists {
  suspects: Suspect;
  candidates: Candidate;
  unlisted: Unlisted;
  repairs: Repair;
  findings: Finding;
  /** Findings of what is too many: kept apart, since who allows deletes has to see them. */
  extras: Finding;
}

const LISTS = ['suspects', 'candidates', 'unlisted', 'repairs', 'findings', 'extras'] as const;
/** Items that one command adds: what Lua can hand over at once is bounded. */
const PUSHED_AT_ONCE = 1_000;

/** A run that nobody resumes is forgotten after so long, in ms. */
const KEEP_MS = 7 * 24 * 3_600_000;

/** One run, open. */
export interface Run {
  readonly state: Readonly<RunState>;
  readonly seen: Seen;
  /** Whether it was begun before. */
  readonly resumed: boolean;
  commit(step: Step): Promise<void>;
  /** Items of a list from a place on. */
  items<N extends keyof Lists>(name: N, from: number, count: number): Promise<Lists[N][]>;
  length(name: keyof Lists): Promise<number>;
  /** Ends it, and keeps its report where it went over everything. */
  finish(now: number): Promise<Report>;
}

/** How a new run begins. */
export interface Beginning {
  /** ms since 1970. */
  now: number;
  /** Asked for a new run only: until when it reads, and the newest event of the platform. */
  bounds(): Promise<Pick<RunState, 'recoverMs' | 'head'>>;
  /** Begin anew, even where a run was stopped. */
  restart: boolean;
}

/**
 * Opens a run: the one that was stopped, if it was asked the same, else a new one.
 * @param fence by which its writes are refused once another process has the office; null: never
 * @throws LostRunError there
 */
export async function openRun(
  redis: Redis,
  keys: Keys,
  options: RunOptions,
  begin: Beginning,
  fence: Fence | null,
): Promise<Run> {
  const fenced = createFenced(redis, fence);
  const stored = parse<RunState>(await redis.get(keys.reconcile));
  const same = stored !== null && JSON.stringify(stored.options) === JSON.stringify(options);
  const resumed = same && !begin.restart;
  if (stored !== null && !resumed) {
    await fenced(forgetting(keys, stored.id));
    await createSeen(redis, keys, stored.id, KEEP_MS).clear();
  }
  const state: RunState = resumed
    ? stored
    : newState(options, { now: begin.now, ...(await begin.bounds()) });
  const seen = createSeen(redis, keys, state.id, KEEP_MS);
  const list = (name: keyof Lists): string => keys.reconcileList(state.id, name);

  function pushing(name: keyof Lists, items: readonly unknown[]): Command[] {
    const commands: Command[] = [];
    for (let at = 0; at < items.length; at += PUSHED_AT_ONCE) {
      const some = items.slice(at, at + PUSHED_AT_ONCE);
      commands.push(['RPUSH', list(name), ...some.map((item) => JSON.stringify(item))]);
    }
    if (commands.length === 0) return [];
    const isKeptWhole = name !== 'findings' && name !== 'extras';
    return [
      ...commands,
      ...(isKeptWhole ? [] : [['LTRIM', list(name), '0', String(FINDINGS_MAX - 1)] as const]),
      ['PEXPIRE', list(name), String(KEEP_MS)],
    ];
  }

  const run: Run = {
    state,
    seen,
    resumed,
    async commit({ set = {}, add = {}, marks = [], findings = [], forget, ...lists }) {
      const counts = { ...state.counts };
      for (const name of Object.keys(counts) as (keyof Counts)[]) counts[name] += add[name] ?? 0;
      const next: RunState = { ...state, ...set, counts };
      const isExtra = ({ kind }: Finding): boolean => kind === 'extra';
      await fenced([
        ...(forget === undefined ? [] : [['UNLINK', list(forget)] as const]),
        ...(['suspects', 'candidates', 'unlisted', 'repairs'] as const).flatMap((name) =>
          pushing(name, lists[name] ?? []),
        ),
        ...pushing('extras', findings.filter(isExtra)),
        ...pushing(
          'findings',
          findings.filter((one) => !isExtra(one)),
        ),
        ...seen.adding(marks),
        ['SET', keys.reconcile, JSON.stringify(next), 'PX', String(KEEP_MS)],
      ]);
      Object.assign(state, next);
    },
    async items(name, from, count) {
      const texts = await redis.lrange(list(name), from, from + count - 1);
      return texts.map((text) => JSON.parse(text));
    },
    length: (name) => redis.llen(list(name)),
    async finish(now) {
      const findings = [
        ...(await run.items('findings', 0, FINDINGS_MAX)),
        ...(await run.items('extras', 0, FINDINGS_MAX)),
      ];
      const { id: runId, startedAt, options, counts, deletesRefused, notes } = state;
      const whole = options.share >= 1 && options.since === null;
      const report: Report = {
        ...{ runId, startedAt, finishedAt: now, whole, applied: options.apply, counts },
        ...{ deletesRefused, notes, findings },
        findingsCut: driftOf(counts) - findings.length,
      };
      const last = JSON.stringify({ ...report, findings: [] });
      await fenced([
        ...(whole ? [['SET', keys.reconcileLast, last] as const] : []),
        ...forgetting(keys, runId),
      ]);
      await seen.clear();
      return report;
    },
  };
  return run;
}

/** The report of the last whole run, without its findings; null where there was none. */
export async function readLastReport(redis: Redis, keys: Keys): Promise<Report | null> {
  return parse<Report>(await redis.get(keys.reconcileLast));
}

/** The run that is under way or was stopped; null where there is none. */
export async function readRunState(redis: Redis, keys: Keys): Promise<RunState | null> {
  return parse<RunState>(await redis.get(keys.reconcile));
}

function forgetting(keys: Keys, runId: string): Command[] {
  return [
    ['DEL', keys.reconcile],
    ...LISTS.map((name) => ['UNLINK', keys.reconcileList(runId, name)] as const),
  ];
}

function newState(
  options: RunOptions,
  { now, recoverMs, head }: Pick<RunState, 'recoverMs' | 'head'> & { now: number },
): RunState {
  return {
    ...{ id: randomUUID(), options, startedAt: now, recoverMs, head, phase: 'walk', phaseAt: now },
    streamAt: beginningOf(options),
    followUps: 0,
    ...{ listAt: 0, held: null, counts: noCounts(), deletesRefused: null, notes: [] },
  };
}

/** Event id from which a run lists. */
export function beginningOf({ since }: RunOptions): string {
  return since === null ? '0-0' : `${since}-0`;
}

/** Ours; what another version has written is begun anew rather than believed. */
function parse<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
