/**
 * A run of `reconcile` in Redis, so that a killed one goes on where it was.
 *
 *   walk ──▶ confirm ──▶ held ──▶ recheck ──▶ repair ──▶ (gone; its report stays)
 *
 * Whatever one step found is written together with the place where the next one begins, in one
 * transaction: a step is done whole or again, and the report is the same either way.
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from '../queue/connection.ts';
import type { Keys } from '../queue/keys.ts';
import { type Counts, FINDINGS_MAX, type Finding, noCounts, type Report } from './report.ts';
import { createSeen, type Seen } from './seen.ts';
import type { HeldCursor } from './walk-held.ts';

/** Steps of a run: see the head of this file. */
export const PHASES = ['walk', 'confirm', 'held', 'recheck', 'repair'] as const;
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
  phase: Phase;
  /** When the phase began. */
  phaseAt: number;
  /** Event id that the listing goes on from. */
  streamAt: string;
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

/** A delivery to be asked for. */
export interface Repair {
  entityId: string;
  operation: 'upsert' | 'delete';
  /** Of a delete: by which XSOAR is asked where nothing is remembered. */
  stixId: string;
}

/** What one step adds. */
export interface Step {
  set?: Partial<RunState>;
  add?: Partial<Counts>;
  marks?: readonly string[];
  suspects?: readonly Suspect[];
  candidates?: readonly Candidate[];
  repairs?: readonly Repair[];
  findings?: readonly Finding[];
}

/** Items of a list by its name. */
interface Lists {
  suspects: Suspect;
  candidates: Candidate;
  repairs: Repair;
  findings: Finding;
}

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

/** Opens a run: the one that was stopped, if it was asked the same, else a new one. */
export async function openRun(
  redis: Redis,
  keys: Keys,
  options: RunOptions,
  begin: { now: number; recoverMs: number; restart: boolean },
): Promise<Run> {
  const stored = parse<RunState>(await redis.get(keys.reconcile));
  const same = stored !== null && JSON.stringify(stored.options) === JSON.stringify(options);
  const resumed = same && !begin.restart;
  if (stored !== null && !resumed) await clear(redis, keys, stored.id);
  const state: RunState = resumed ? stored : newState(options, begin);
  const seen = createSeen(redis, keys, state.id, KEEP_MS);
  const list = (name: keyof Lists): string => keys.reconcileList(state.id, name);

  const run: Run = {
    state,
    seen,
    resumed,
    async commit({ set = {}, add = {}, marks = [], ...lists }) {
      const counts = { ...state.counts };
      for (const name of Object.keys(counts) as (keyof Counts)[]) counts[name] += add[name] ?? 0;
      const next: RunState = { ...state, ...set, counts };
      const transaction = redis.multi();
      for (const name of ['suspects', 'candidates', 'repairs', 'findings'] as const) {
        const items = (lists[name] ?? []).map((item) => JSON.stringify(item));
        if (items.length === 0) continue;
        transaction.rpush(list(name), ...items);
        if (name === 'findings') transaction.ltrim(list(name), 0, FINDINGS_MAX - 1);
        transaction.pexpire(list(name), KEEP_MS);
      }
      seen.add(transaction, marks);
      transaction.set(keys.reconcile, JSON.stringify(next), 'PX', KEEP_MS);
      for (const [error] of (await transaction.exec()) ?? []) if (error !== null) throw error;
      Object.assign(state, next);
    },
    async items(name, from, count) {
      const texts = await redis.lrange(list(name), from, from + count - 1);
      return texts.map((text) => JSON.parse(text));
    },
    length: (name) => redis.llen(list(name)),
    async finish(now) {
      const findings = await run.items('findings', 0, FINDINGS_MAX);
      const { id: runId, startedAt, options, counts, deletesRefused, notes } = state;
      const whole = options.share >= 1 && options.since === null;
      const report: Report = {
        ...{ runId, startedAt, finishedAt: now, whole, applied: options.apply, counts },
        ...{ deletesRefused, notes, findings },
      };
      if (whole) {
        await redis.set(keys.reconcileLast, JSON.stringify({ ...report, findings: [] }));
      }
      await clear(redis, keys, runId);
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

async function clear(redis: Redis, keys: Keys, runId: string): Promise<void> {
  await redis.del(keys.reconcile);
  for (const name of ['suspects', 'candidates', 'repairs', 'findings']) {
    await redis.unlink(keys.reconcileList(runId, name));
  }
  await createSeen(redis, keys, runId, KEEP_MS).clear();
}

function newState(options: RunOptions, { now, recoverMs }: { now: number; recoverMs: number }) {
  const state: RunState = {
    ...{ id: randomUUID(), options, startedAt: now, recoverMs, phase: 'walk', phaseAt: now },
    streamAt: options.since === null ? '0-0' : `${options.since}-0`,
    ...{ listAt: 0, held: null, counts: noCounts(), deletesRefused: null, notes: [] },
  };
  return state;
}

/** Ours; what another version has written is begun anew rather than believed. */
function parse<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
