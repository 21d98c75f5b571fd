/**
 * One delivery: brings XSOAR to the newest state of one entity.
 *
 *   begin ─▶ plan ─▶ push each value ─▶ settle
 *     ▲                                   │ a newer state came meanwhile, or Redis lost the plan
 *     └───────────────────────────────────┘ (a few rounds; its own job does the rest)
 *
 * No BullMQ in here: see processor.ts for what a result means to the job.
 */
import type { StixObject } from '@xsoar-intel/opencti';
import {
  type Begun,
  classifyFailure,
  contributionsOf,
  type FailureOutcome,
  formatSkip,
  type HoldKind,
  type MappingResult,
  type Nameless,
  type Operation,
  type Planned,
  type Skip,
  type Slots,
  type ValueResult,
  type Wanted,
} from '@xsoar-intel/pipeline';
import type { TraceIds } from '@xsoar-intel/runtime';
import { XsoarError } from '@xsoar-intel/xsoar';
import type { DeliveryTracing } from './delivery-tracing.ts';
import type { Push } from './lease-guard.ts';
import { findOrphans, type Orphan } from './orphans.ts';
import { pushValues, type ValuePusher } from './push.ts';
import { fromRedis, RedisRefusal } from './redis-refusal.ts';
import type { RemovalOptions } from './removal.ts';
import { requestText } from './request-text.ts';

/** Everything a delivery works with. */
export interface DeliveryParts {
  slots: Slots;
  writer: ValuePusher;
  /** STIX object → what XSOAR should hold, filters included. Must not throw on any input. */
  map(object: StixObject, state: Nameless): MappingResult | Promise<MappingResult>;
  /** Begins a push that ends with the signal, or when the lease's time for requests is over. */
  beginPush(signal: AbortSignal): Push;
  /** What becomes of a value that nobody wants any more; deleted where not set. */
  removal?: RemovalOptions;
  /** Follows pushes; not set: nobody does. */
  tracing?: Pick<DeliveryTracing, 'begin'>;
  /** ms since 1970. */
  now(): number;
}

/** What a delivery did, in the words of metrics and logs. */
export type DeliveryResult =
  | {
      kind: 'delivered';
      operation: Operation;
      version: string;
      /** It was pushed even where nothing changed: a resync, or a state that was settled before. */
      forced: boolean;
      /** What was done to the values; empty when nothing had to be. */
      actions: readonly string[];
      /** Why the entity, or a part of it, is not in XSOAR; null when all of it is. */
      skip: Skip | null;
      /** How many of the entity's values are in XSOAR now, and on its exclusion list. */
      present: number;
      excluded: number;
      /** Keys of those that were not known to be on its exclusion list before. */
      newlyExcluded: readonly string[];
      /** XSOAR was asked and answered. */
      answered: boolean;
      /** It will be pushed once more, since a late request may undo it (law L5). */
      provisional: boolean;
      /** Job of the dead letter that this delivery resolves. */
      deadLetterJob: string | null;
      /** Its span, where it is recorded. */
      trace?: TraceIds;
    }
  | { kind: 'superseded' }
  | { kind: 'debounced'; waitMs: number }
  | { kind: 'busy'; waitMs: number }
  | { kind: 'held'; hold: string; waitMs: number | null }
  | { kind: 'delete-held'; opened: boolean }
  | { kind: 'lost' }
  | {
      kind: 'failed';
      operation: Operation;
      version: string;
      outcome: FailureOutcome;
      error: Error;
      /** Outage failures of all workers in a row before this one. */
      row: number;
      /** Failures of this entity since its last success, this one included. */
      failures: number;
      /** JSON of what was to be pushed, for the dead letter. */
      request: string | null;
      /** Its span, where it is recorded. */
      trace?: TraceIds;
    };

/** States of one entity that a single job pushes before it makes room for others. */
const MAX_ROUNDS = 3;

type Leased = Extract<Begun, { kind: 'leased' }>;

/**
 * Runs one delivery. Rejects only when Redis refuses; everything else is a result.
 * @param probes takes up the holds that it probes, whatever becomes of it: the caller has to end
 *   each, or to let another probe it
 */
export async function deliver(
  parts: DeliveryParts,
  entityId: string,
  token: string,
  jobId: string,
  signal: AbortSignal,
  probes: Set<HoldKind>,
): Promise<DeliveryResult> {
  let last: DeliveryResult = { kind: 'superseded' };
  let pushed = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const begun = await parts.slots.begin(entityId, token, jobId);
    if (begun.kind === 'noop') return last;
    if (begun.kind !== 'leased') {
      // What comes between two rounds finds the lease still ours.
      if (begun.kind !== 'busy' && round > 0) await giveBack(parts, entityId, token);
      // The event of the newer state has added a job of its own, which waits.
      return begun.kind === 'debounced' && round > 0 ? last : begun;
    }
    for (const kind of begun.probes) probes.add(kind);
    const work = { entityId, token, jobId, leased: begun, pushed };
    const { result, again } = await deliverOnce(parts, work, signal);
    if (!again) return result;
    last = result;
    pushed = begun.obsolete + 1;
  }
  // The newer state's own event adds a job after its put, and a state without one is the
  // sweeper's (a plan that Redis lost three times over), so leaving is safe.
  await giveBack(parts, entityId, token);
  return last;
}

/** Gives back a lease under which nothing was pushed, or everything that was is settled. */
async function giveBack(
  parts: DeliveryParts,
  entityId: string,
  token: string,
  planned: readonly string[] = [],
): Promise<void> {
  const nothing = { uncertain: false, class: 'none' } as const;
  await fromRedis(parts.slots.release(entityId, token, planned, nothing));
}

interface Work {
  entityId: string;
  token: string;
  jobId: string;
  leased: Leased;
  /** States that this job has pushed before. */
  pushed: number;
}

interface Round {
  result: DeliveryResult;
  again: boolean;
}

/** Pushes a state within the time of its push, and in its span where that is recorded. */
async function deliverOnce(parts: DeliveryParts, work: Work, signal: AbortSignal): Promise<Round> {
  const push = parts.beginPush(signal);
  const trace = parts.tracing?.begin(work, push.signal) ?? null;
  try {
    const round = await pushState(parts, work, push, signal);
    trace?.end(round.result);
    if (trace && (round.result.kind === 'delivered' || round.result.kind === 'failed')) {
      return { ...round, result: { ...round.result, trace: trace.ids } };
    }
    return round;
  } catch (error) {
    trace?.broke();
    throw error;
  } finally {
    push.end();
  }
}

async function pushState(
  parts: DeliveryParts,
  { entityId, token, leased }: Work,
  push: Push,
  signal: AbortSignal,
): Promise<Round> {
  const { operation, version } = leased;
  const done = (result: DeliveryResult): Round => ({ result, again: false });
  let wanted: Wanted[] = [];
  let touched: string[] = [];
  try {
    const mapped = await wantedValues(parts, entityId, leased);
    wanted = mapped.wanted;
    const wantedKeys = new Set(wanted.map(({ key }) => key));
    // Nothing is remembered of what is deleted, or somebody doubts what is remembered (a resync,
    // a repair): what is left of the entity, XSOAR must tell.
    const orphans: ReadonlyMap<string, Orphan> =
      (operation === 'delete' && !leased.known) || (leased.force && !leased.late)
        ? await findOrphans(parts.writer, leased.payload, push.signal)
        : new Map();
    const dropped = [...new Set([...leased.boundValues, ...orphans.keys()])].filter(
      (key) => !wantedKeys.has(key),
    );
    const planned = await planValues(parts, entityId, token, wanted, dropped);
    if (planned.kind === 'lost') return done({ kind: 'lost' });
    if (planned.kind === 'planned') touched = planned.records.map(({ key }) => key);
    const tooLate = push.signal.aborted && !signal.aborted;
    if (tooLate || planned.kind === 'busy') await giveBack(parts, entityId, token, touched);
    // Else what XSOAR was not even asked for would count as its failure.
    if (tooLate) throw new RedisRefusal('Redis took up the time of the whole push');
    if (planned.kind === 'busy') return done(planned);

    const pushed = await pushValues(parts.writer, planned.records, {
      force: leased.force,
      late: leased.late,
      orphans,
      now: parts.now(),
      signal: push.signal,
      ...(parts.removal === undefined ? {} : { removal: parts.removal }),
    });

    const excludedBefore = new Set(
      planned.records.filter(({ outcome }) => outcome === 'excluded').map(({ key }) => key),
    );
    const settled = await fromRedis(
      parts.slots.settle(entityId, token, version, {
        values: pushed.values,
        bound: [...wantedKeys],
        skipReason: mapped.skip && formatSkip(mapped.skip),
        answered: pushed.answered,
      }),
    );
    if (settled.kind === 'lost') return done({ kind: 'lost' });
    const countOf = (outcome: ValueResult['outcome']): number =>
      pushed.values.filter((value) => value.outcome === outcome && wantedKeys.has(value.key))
        .length;
    return {
      again: settled.kind === 'newer',
      result: {
        kind: 'delivered',
        operation,
        version,
        forced: leased.force,
        actions: pushed.actions,
        present: countOf('present'),
        excluded: countOf('excluded'),
        newlyExcluded: pushed.values
          .filter(({ outcome, key }) => outcome === 'excluded' && !excludedBefore.has(key))
          .map(({ key }) => key),
        skip: mapped.skip,
        answered: pushed.answered,
        provisional: settled.kind === 'provisional',
        deadLetterJob: settled.kind === 'settled' ? settled.deadLetterJob : null,
      },
    };
  } catch (thrown) {
    if (thrown instanceof RedisRefusal) throw thrown;
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const outcome = outcomeOf(error, signal, parts.now());
    const { row, alone, failures } = await parts.slots.release(entityId, token, touched, {
      uncertain: error instanceof XsoarError && error.uncertain,
      class: failureClass(outcome),
    });
    return done({
      kind: 'failed',
      operation,
      version,
      outcome: alone ? ofEntityAlone(outcome, error) : outcome,
      error,
      row,
      failures,
      request: requestText(wanted),
    });
  }
}

/** The plan of a push; one that has no values needs none. */
async function planValues(
  { slots }: DeliveryParts,
  entityId: string,
  token: string,
  wanted: readonly Wanted[],
  dropped: readonly string[],
): Promise<Planned> {
  if (wanted.length + dropped.length === 0) return { kind: 'planned', records: [] };
  return fromRedis(slots.plan(entityId, token, wanted, dropped));
}

/** What the entity should have in XSOAR, and why something of it cannot be there. */
async function wantedValues(
  parts: DeliveryParts,
  entityId: string,
  leased: Leased,
): Promise<{ wanted: Wanted[]; skip: Skip | null }> {
  // A delete needs no mapping: the binding knows the entity's values.
  if (leased.operation === 'delete') return { wanted: [], skip: null };
  const { version, payload } = leased;
  const result = await parts.map(JSON.parse(payload) as StixObject, {
    entityId,
    version,
    payload,
  });
  if (!result.ok) {
    const { reason, detail, observableType } = result;
    const of = observableType === undefined ? {} : { observableType };
    return { wanted: [], skip: { reason, detail, ...of } };
  }
  return { wanted: contributionsOf(result.indicators), skip: result.leftOut[0] ?? null };
}

function outcomeOf(error: Error, signal: AbortSignal, now: number): FailureOutcome {
  if (error instanceof XsoarError) {
    // Aborted by the push budget, not by a shutdown: XSOAR is too slow.
    if (error.kind === 'aborted' && !signal.aborted) {
      return { kind: 'retry', reason: 'timeout', outage: true, afterMs: null };
    }
    return classifyFailure(error, now);
  }
  return { kind: 'dead', reason: 'internal' };
}

/**
 * What a failure means where nobody else fails: XSOAR answered the look-up of this very push, and
 * choked on the write that followed, so it is there and the entity is the trouble. (A delete is
 * not looked up before, and goes with those of others.) See decision 14.
 */
function ofEntityAlone(outcome: FailureOutcome, error: Error): FailureOutcome {
  const wrote =
    error instanceof XsoarError && (error.operation === 'create' || error.operation === 'edit');
  const isOwn = wrote && outcome.kind === 'retry' && outcome.reason === 'server-error';
  return isOwn ? { ...outcome, outage: false } : outcome;
}

function failureClass(outcome: FailureOutcome): 'outage' | 'answer' | 'none' {
  if (outcome.kind === 'retry') {
    if (outcome.reason === 'shutdown') return 'none';
    return outcome.outage ? 'outage' : 'answer';
  }
  if (outcome.kind === 'dead' && outcome.reason === 'internal') return 'none';
  return 'answer';
}
