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
 * job that pushes or pushed it, `fj` its dead letter's job, `n` failures since
 * the last success, `f` forced. A settled entity has no slot: its binding
 * remembers the version that was applied (`v`), its values and why it was
 * skipped, so that a replay costs nothing.
 *
 * The scripts beside this file are the only code that writes any of it.
 */
import type { EventId } from '@xsoar-intel/opencti';
import type { Redis } from './connection.ts';
import type { Keys } from './keys.ts';
import { asList, loadScript } from './script.ts';
import type { Operation } from './version.ts';

/** The newest state of one entity, as an event told it. */
export interface Put {
  entityId: string;
  version: EventId;
  operation: Operation;
  /** JSON of the STIX object; a delete may carry an empty one. */
  payload: string;
}

/** What became of a put: `unsettled` and `written` need a delivery job, `old` nothing. */
export type PutResult = 'written' | 'unsettled' | 'old';

/** What `begin` answers. */
export type Begun =
  | { kind: 'noop' }
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
      /** Keys of the values that the entity has, or may have, in XSOAR. */
      boundValues: string[];
      /** The hold that this push probes, if any. */
      probes: string | null;
      /** Failures of this entity since its last success. */
      failures: number;
      /** The lease was another's, who did not end its push in time. */
      tookOver: boolean;
    };

/** The real key of an indicator in XSOAR. */
export interface ValueTarget {
  type: string;
  value: string;
}

/** What of an XSOAR indicator is ours, by the last write: the rest belongs to others. */
export interface Written {
  tags: readonly string[];
  /** Names of custom fields. */
  fields: readonly string[];
}

/** What is known of one value: the XSOAR indicator behind it and who contributes to it. */
export interface ValueRecord {
  key: string;
  xsoarId: string | null;
  /** XSOAR's version of it after our last write; null when unknown. */
  version: number | null;
  /** Hash of the indicator that was written last; null when unknown. */
  hash: string | null;
  written: Written;
  outcome: string | null;
  /** XSOAR type and value; null when the record was lost before anything was written. */
  target: ValueTarget | null;
  /** JSON of what the entity wanted that left it last; null when none has left since the settle. */
  last: string | null;
  /** JSON of what each entity behind the value wants of it. */
  contributions: string[];
}

/** What an entity wants of a value. */
export interface Wanted {
  /** Key of the value record. */
  key: string;
  /** JSON of the indicator as this entity alone would have it. */
  contribution: string;
  target: ValueTarget;
  /** What will be ours in XSOAR when it is pushed. */
  written: Written;
}

/** What `plan` answers. */
export type Planned =
  | { kind: 'lost' }
  | { kind: 'busy'; waitMs: number }
  | { kind: 'planned'; records: ValueRecord[] };

/** What XSOAR holds for a value after a push. */
export interface ValueResult {
  key: string;
  xsoarId: string | null;
  version: number | null;
  hash: string;
  written: Written;
  /** `left`: nobody stands behind it any more, but it stays in XSOAR. */
  outcome: 'present' | 'excluded' | 'absent' | 'left';
}

/** What `settle` answers. */
export type Settled =
  | { kind: 'lost' }
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

/** Entities per script call: bounds how long Redis is busy with one (about 5 ms). */
const PUT_CHUNK = 100;

/** Typed access to the slots. Every method rejects when Redis refuses (OOM, read-only). */
export interface Slots {
  /** Writes states that are newer than what is known; `force` writes in any case (a resync). */
  put(states: readonly Put[], force?: boolean): Promise<PutResult[]>;
  begin(entityId: string, token: string, jobId: string): Promise<Begun>;
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
  /** Returns the outage failures in a row before this one, and this entity's failures. */
  release(
    entityId: string,
    token: string,
    valueKeys: readonly string[],
    failure: { uncertain: boolean; class: FailureClass },
  ): Promise<{ row: number; failures: number }>;
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

const formatWritten = ({ tags, fields }: Written): string => JSON.stringify([tags, fields]);

/** Reads what `plan` or `settle` stored: a list of tags and a list of field names. */
function parseWritten(json: unknown): Written {
  const stored: unknown = JSON.parse(text(json) || '[]');
  const [tags, fields] = Array.isArray(stored) ? stored : [];
  return {
    tags: Array.isArray(tags) ? tags.map(text) : [],
    fields: Array.isArray(fields) ? fields.map(text) : [],
  };
}

/** Binds the slot scripts to a connection. */
export function createSlots(redis: Redis, keys: Keys, times: LeaseTimes): Slots {
  const script = (name: string) => loadScript(redis, name);
  const [put, begin, plan, settle, release, bury] = [
    script('put'),
    script('begin'),
    script('plan'),
    script('settle'),
    script('release'),
    script('bury'),
  ];

  async function putChunk(states: readonly Put[], force: boolean): Promise<PutResult[]> {
    const reply = await put(
      [
        keys.pending,
        keys.dead,
        ...states.flatMap(({ entityId }) => [keys.slot(entityId), keys.binding(entityId)]),
      ],
      [
        force ? 1 : 0,
        ...states.flatMap((state) => [
          state.entityId,
          state.version.ms,
          state.version.seq,
          state.operation,
          state.payload,
        ]),
      ],
    );
    return asList(reply).map((code) => (code === 1 ? 'written' : code === 2 ? 'unsettled' : 'old'));
  }

  return {
    async put(states, force = false) {
      const chunks: Promise<PutResult[]>[] = [];
      for (let at = 0; at < states.length; at += PUT_CHUNK) {
        chunks.push(putChunk(states.slice(at, at + PUT_CHUNK), force));
      }
      return (await Promise.all(chunks)).flat();
    },

    async begin(entityId, token, jobId) {
      const reply = asList(
        await begin(
          [keys.slot(entityId), keys.binding(entityId), keys.holds],
          [token, times.leaseMs, jobId, times.lateWindowMs],
        ),
      );
      switch (reply[0]) {
        case 'noop':
          return { kind: 'noop' };
        case 'held':
          return {
            kind: 'held',
            hold: text(reply[1]),
            waitMs: Number(reply[2]) < 0 ? null : Number(reply[2]),
          };
        case 'busy':
          return { kind: 'busy', waitMs: Number(reply[1]) };
        default:
          return {
            kind: 'leased',
            version: text(reply[1]),
            operation: reply[2] === 'delete' ? 'delete' : 'upsert',
            payload: text(reply[3]),
            force: reply[4] === '1',
            provisional: reply[5] === '1',
            boundValues: stringList(reply[6]),
            probes: orNull(reply[7]),
            failures: Number(reply[8]),
            tookOver: reply[9] === '1',
          };
      }
    },

    async plan(entityId, token, wanted, dropped) {
      const valueKeys = [...wanted.map(({ key }) => key), ...dropped];
      const reply = asList(
        await plan(
          [keys.slot(entityId), keys.binding(entityId), ...valueKeys.map((key) => keys.value(key))],
          [
            token,
            entityId,
            times.leaseMs,
            wanted.length,
            JSON.stringify(valueKeys),
            times.lateWindowMs,
            ...wanted.flatMap(({ contribution, target, written }) => [
              contribution,
              JSON.stringify([target.type, target.value]),
              formatWritten(written),
            ]),
          ],
        ),
      );
      if (reply[0] === 'lost') return { kind: 'lost' };
      if (reply[0] === 'busy') return { kind: 'busy', waitMs: Number(reply[1]) };
      const records = reply.slice(1).map((item, index): ValueRecord => {
        const [xsoarId, hash, written, outcome, target, version, last, ...contributions] =
          asList(item);
        const [type, value] = stringList(target);
        return {
          key: valueKeys[index] ?? '',
          xsoarId: orNull(xsoarId),
          version: orNull(version) === null ? null : Number(version),
          hash: orNull(hash),
          written: parseWritten(written),
          outcome: orNull(outcome),
          last: orNull(last),
          target: type !== undefined && value !== undefined ? { type, value } : null,
          contributions: contributions.map(text),
        };
      });
      return { kind: 'planned', records };
    },

    async settle(entityId, token, version, { values, bound, skipReason, answered }) {
      const reply = asList(
        await settle(
          [
            keys.slot(entityId),
            keys.binding(entityId),
            keys.pending,
            keys.dead,
            keys.failures,
            ...values.map(({ key }) => keys.value(key)),
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
            ...values.flatMap((value) => [
              value.xsoarId ?? '',
              value.version ?? '',
              value.hash,
              formatWritten(value.written),
              value.outcome,
            ]),
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
      const [row, failures] = asList(
        await release(
          [
            keys.slot(entityId),
            keys.pending,
            keys.failures,
            ...valueKeys.map((key) => keys.value(key)),
          ],
          [token, entityId, failure.uncertain ? 1 : 0, times.lateWindowMs, failure.class],
        ),
      );
      return { row: Number(row), failures: Number(failures) };
    },

    async bury(entityId, jobId, version) {
      const [kind, olderJob] = asList(
        await bury([keys.slot(entityId), keys.pending, keys.dead], [entityId, jobId, version]),
      );
      return {
        kind: kind === 'dead' || kind === 'newer' ? kind : 'gone',
        olderJob: orNull(olderJob),
      };
    },
  };
}
