/**
 * Slots: what XSOAR has to become, one per entity that is not there yet.
 *
 * States of an entity, and what moves it on:
 *
 *   (none) ──put──▶ dirty ──begin──▶ leased ──settle──▶ (none)         the state is delivered
 *                     ▲                │  ├──settle, newer came──▶ leased, pushed again at once
 *                     │                │  ├──settle, a late request may land──▶ provisional
 *                     │                │  ├──release──▶ dirty          the push failed, its job retries
 *                     │                │  └──bury──▶ dead              it failed for good (a dead letter)
 *                     │                └──lease runs out──▶ taken over by the next begin
 *   provisional ──its window is over, swept──▶ dirty                   pushed once more
 *   dead ──newer put, or a manual retry──▶ dirty
 *
 * A slot is a hash: `v` version, `op`, `p` payload, `lt`/`lx`/`ls` lease token,
 * end and start (ms, Redis' clock), `tk` until when a late request may land (ms), `jid`
 * job that pushes or pushed this very state, `fj` its dead letter's job, `n` failures since
 * the last success, `f` forced, `q` until when the push waits for further changes (ms, see
 * debounce.ts); and only where traces are recorded `tr` the trace of the event that brought the
 * state, `to` the states before it that nobody delivered. A settled entity has no slot: its binding
 * remembers the version that was applied, its values and why it was skipped, so
 * that a replay costs nothing. Bindings with values are fields of one hash, and so
 * are the records of values (value-record.ts): a key of its own would cost more
 * than all that it holds. Without values a binding is a tombstone, which expires.
 *
 * The scripts beside this file are the only code that writes any of it.
 */
import type { EventId } from '@xsoar-intel/opencti';
import { KIN_TYPES } from '../mapping/kin.ts';
import type { Redis } from './connection.ts';
import { type Debounce, NO_DEBOUNCE } from './debounce.ts';
import type { DeleteGuard } from './delete-guard.ts';
import { type HoldKind, isHoldKind } from './hold.ts';
import type { Keys } from './keys.ts';
import { asList, loadScript } from './script.ts';
import {
  entityName,
  packWanted,
  readRecord,
  settleArguments,
  type ValueRecord,
  type ValueResult,
  type Wanted,
} from './value-record.ts';
import type { Operation } from './version.ts';

/** The newest state of one entity, as an event told it. */
export interface Put {
  entityId: string;
  version: EventId;
  operation: Operation;
  /** JSON of the STIX object; of a delete its id is enough. */
  payload: string;
  /** What is kept with the state of the trace that it belongs to; not set: traces are not recorded. */
  trace?: PutTrace;
}

/** The trace of a state, for whoever delivers it. */
export interface PutTrace {
  /** `traceparent` of the span of its event, or `UNTRACED`. */
  context: string;
  /** States of the entity that this one made obsolete on its way to the slot. */
  obsolete: number;
}

/** The trace of an event that is not recorded: nor is what follows from it. */
export const UNTRACED = '0';

/** What became of a put: `unsettled` and `written` need a delivery job, `old` nothing. */
export type PutResult = 'written' | 'unsettled' | 'old';

/** What `begin` answers. */
export type Begun =
  | { kind: 'noop' }
  /** It changes again and again; its newest state is to be pushed later. */
  | { kind: 'debounced'; waitMs: number }
  /** It is a delete, and deletes are held; `opened`: by this very one. */
  | { kind: 'delete-held'; opened: boolean }
  | { kind: 'held'; hold: string; waitMs: number | null }
  | { kind: 'busy'; waitMs: number }
  | {
      kind: 'leased';
      version: string;
      operation: Operation;
      payload: string;
      /** Push even where the binding says that nothing changed. */
      force: boolean;
      /** A late request may land after this push: the settle will be provisional. */
      provisional: boolean;
      /** A late request of an older push may have undone what is known. */
      late: boolean;
      /** Something is remembered of the entity. */
      known: boolean;
      /** Keys of the values that the entity has, or may have, in XSOAR. */
      boundValues: string[];
      /** The holds that this push probes. */
      probes: readonly HoldKind[];
      /** Failures of this entity since its last success. */
      failures: number;
      /** The lease was another's, who did not end its push in time. */
      tookOver: boolean;
      /** `traceparent` of the event that brought the state, `UNTRACED`, or null where nobody said. */
      trace: string | null;
      /** States before it that were not delivered; 0 where traces are not recorded. */
      obsolete: number;
    };

/** What `plan` answers. */
export type Planned =
  | { kind: 'lost' }
  | { kind: 'busy'; waitMs: number }
  | { kind: 'planned'; records: ValueRecord[] };

/** What `settle` answers. */
export type Settled =
  | { kind: 'lost' }
  /** A newer state came, or Redis lost what this push had planned: it is to be pushed again. */
  | { kind: 'newer' }
  | { kind: 'provisional'; dueAt: number }
  | { kind: 'settled'; deadLetterJob: string | null };

/** How a push failed, as far as the row of outage failures is concerned. */
export type FailureClass = 'outage' | 'answer' | 'none';

/** Time bounds of the lease protocol, in ms. */
export interface LeaseTimes {
  /** Longer than the longest possible push. */
  leaseMs: number;
  /** How long after a lost lease or an unanswered request its effect may still show. */
  lateWindowMs: number;
  /** How long an entity without values is remembered. */
  tombstoneMs: number;
}

/** A type has no colon: it ends in one within a value's key. */
const TYPES = KIN_TYPES.join(':');
/** Entities per script call: bounds how long Redis is busy with one (about 5 ms). */
const PUT_CHUNK = 100;

/** Typed access to the slots. Every method rejects when Redis refuses (OOM, read-only). */
export interface Slots {
  /** Writes states that are newer than what is known. */
  put(states: readonly Put[], debounce?: Debounce): Promise<PutResult[]>;
  begin(entityId: string, token: string, jobId: string): Promise<Begun>;
  /**
   * Plans values, and with them the records that hold one of them under another type, which come
   * last: they are one indicator of XSOAR, and only who has a lease on all of them may write it.
   */
  plan(
    entityId: string,
    token: string,
    wanted: readonly Wanted[],
    dropped: readonly string[],
  ): Promise<Planned>;
  settle(
    entityId: string,
    token: string,
    version: string,
    outcome: {
      /** What XSOAR holds now, for every value that was planned. */
      values: readonly ValueResult[];
      /** Keys of the values that this entity stands behind from now on. */
      bound: readonly string[];
      skipReason: string | null;
      /** XSOAR was asked and answered: it is there. */
      answered: boolean;
    },
  ): Promise<Settled>;
  /**
   * Returns the outage failures in a row before this one, whether all of the row are this
   * entity's, and this entity's failures.
   */
  release(
    entityId: string,
    token: string,
    valueKeys: readonly string[],
    failure: { uncertain: boolean; class: FailureClass },
  ): Promise<{ row: number; alone: boolean; failures: number }>;
  /** Returns the older failed job that this dead letter replaces. */
  bury(
    entityId: string,
    jobId: string,
    version: string,
  ): Promise<{ kind: 'gone' | 'newer' | 'dead'; olderJob: string | null }>;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : String(value ?? ''));
const orNull = (value: unknown): string | null => text(value) || null;

/** Reads a list of strings that one of our scripts stored as JSON. */
function stringList(json: unknown): string[] {
  const list: unknown = JSON.parse(text(json) || '[]');
  return Array.isArray(list) ? list.map(text) : [];
}

/** Binds the slot scripts to a connection; `guard`: holds deletes where there are too many. */
export function createSlots(
  redis: Redis,
  keys: Keys,
  times: LeaseTimes,
  guard: DeleteGuard | null = null,
): Slots {
  const script = (name: string) => loadScript(redis, name);
  const [put, begin, plan, settle, release, bury] = [
    script('put'),
    script('begin'),
    loadScript(redis, 'plan', 'bytes'),
    script('settle'),
    script('release'),
    script('bury'),
  ];

  async function putChunk(
    states: readonly Put[],
    { quietMs, maxMs }: Debounce,
  ): Promise<PutResult[]> {
    const traced = states.some(({ trace }) => trace !== undefined);
    const reply = await put(
      [
        keys.pending,
        keys.dead,
        keys.bindings,
        ...states.flatMap(({ entityId }) => [keys.slot(entityId), keys.tombstone(entityId)]),
      ],
      [
        ...[quietMs, maxMs],
        ...states.flatMap((state) => [
          state.entityId,
          state.version.ms,
          state.version.seq,
          state.operation,
          state.payload,
          ...(traced ? [state.trace?.context ?? UNTRACED, state.trace?.obsolete ?? 0] : []),
        ]),
      ],
    );
    return asList(reply).map((code) => (code === 1 ? 'written' : code === 2 ? 'unsettled' : 'old'));
  }

  return {
    async put(states, debounce = NO_DEBOUNCE) {
      const chunks: Promise<PutResult[]>[] = [];
      for (let at = 0; at < states.length; at += PUT_CHUNK) {
        chunks.push(putChunk(states.slice(at, at + PUT_CHUNK), debounce));
      }
      return (await Promise.all(chunks)).flat();
    },

    async begin(entityId, token, jobId) {
      const deletes = await guard?.current();
      const reply = asList(
        await begin(
          [
            ...[keys.slot(entityId), keys.tombstone(entityId), keys.holds, keys.bindings],
            ...[keys.deletes, keys.deletesWanted, keys.pending],
          ],
          [
            ...[token, times.leaseMs, jobId, times.lateWindowMs, entityId],
            ...(guard && deletes
              ? [deletes.limit, deletes.windowMs, deletes.reason, guard.by]
              : []),
          ],
        ),
      );
      switch (reply[0]) {
        case 'noop':
          return { kind: 'noop' };
        case 'delete-held':
          return { kind: 'delete-held', opened: reply[1] === '1' };
        case 'held':
          return {
            kind: 'held',
            hold: text(reply[1]),
            waitMs: Number(reply[2]) < 0 ? null : Number(reply[2]),
          };
        case 'busy':
        case 'debounced':
          return { kind: reply[0], waitMs: Number(reply[1]) };
        default:
          return {
            kind: 'leased',
            version: text(reply[1]),
            operation: reply[2] === 'delete' ? 'delete' : 'upsert',
            payload: text(reply[3]),
            force: reply[4] !== '0',
            late: reply[4] === '2',
            provisional: reply[5] === '1',
            known: reply[6] !== '',
            boundValues: stringList(reply[6]).slice(2),
            probes: text(reply[7]).split(',').filter(isHoldKind),
            failures: Number(reply[8]),
            tookOver: reply[9] === '1',
            trace: orNull(reply[10]),
            obsolete: Number(reply[11]),
          };
      }
    },

    async plan(entityId, token, wanted, dropped) {
      const sent = wanted.map((one) => packWanted(one, entityId));
      const reply = asList(
        await plan(
          [keys.slot(entityId), keys.tombstone(entityId), keys.bindings, keys.values, keys.left],
          [
            token,
            entityId,
            entityName(entityId),
            times.leaseMs,
            times.lateWindowMs,
            TYPES,
            wanted.length,
            ...wanted.flatMap(({ key }, index) => [key, sent[index]?.packed ?? '']),
            ...dropped,
          ],
        ),
      );
      const kind = text(reply[0]);
      if (kind === 'lost') return { kind };
      if (kind === 'busy') return { kind, waitMs: Number(text(reply[1])) };
      const valueKeys = [...wanted.map(({ key }) => key), ...dropped];
      const records = valueKeys.map((key, index) => readRecord(key, reply[index + 1], sent[index]));
      for (let at = valueKeys.length + 1; at + 1 < reply.length; at += 2) {
        records.push(readRecord(text(reply[at]), reply[at + 1]));
      }
      return { kind: 'planned', records };
    },

    async settle(entityId, token, version, { values, bound, skipReason, answered }) {
      const reply = asList(
        await settle(
          [
            keys.slot(entityId),
            keys.tombstone(entityId),
            keys.bindings,
            keys.values,
            keys.pending,
            keys.dead,
            keys.failures,
            keys.left,
          ],
          [
            token,
            entityId,
            version,
            JSON.stringify(bound),
            skipReason ?? '',
            times.tombstoneMs,
            times.leaseMs,
            answered ? 1 : 0,
            ...values.flatMap(settleArguments),
          ],
        ),
      );
      switch (reply[0]) {
        case 'lost':
          return { kind: 'lost' };
        case 'newer':
          return { kind: 'newer' };
        case 'provisional':
          return { kind: 'provisional', dueAt: Number(reply[1]) };
        default:
          return { kind: 'settled', deadLetterJob: orNull(reply[1]) };
      }
    },

    async release(entityId, token, valueKeys, failure) {
      const [row, failures, alone] = asList(
        await release(
          [keys.slot(entityId), keys.pending, keys.failures, keys.values],
          [
            token,
            entityId,
            failure.uncertain ? 1 : 0,
            times.lateWindowMs,
            failure.class,
            ...valueKeys,
          ],
        ),
      );
      return { row: Number(row), alone: alone === 1, failures: Number(failures) };
    },

    async bury(entityId, jobId, version) {
      const [kind, olderJob] = asList(
        await bury(
          [keys.slot(entityId), keys.pending, keys.dead, keys.failures],
          [entityId, jobId, version],
        ),
      );
      return {
        kind: kind === 'dead' || kind === 'newer' ? kind : 'gone',
        olderJob: orNull(olderJob),
      };
    },
  };
}
