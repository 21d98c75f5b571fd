/**
 * What is known of one value: the XSOAR indicator behind it, and who wants what of it.
 *
 * Stored as one MessagePack map per value, in the hash `values`, by the scripts
 * `plan`, `settle` and `release`:
 *
 * - `i` XSOAR's id (a number, or a NUL and 16 bytes, where it can be), `n` its version after our last write, `h` hash of what was
 *   written last (none while a push is under way, or was and did not settle),
 *   `o` outcome: p present, x excluded, l left in XSOAR by the last who wanted it, none: present if there is a version; `t` time of
 *   our last write (s, rounded up, Redis' clock);
 * - `w` map: entity → its contribution; `f` list of entity, contribution: those of
 *   former states that XSOAR may still show;
 * - `lt`, `lx` lease token and end, `tk` until when a late request may land (ms).
 *
 * Contributions are packed, see contribution-codec.ts, and entities with a UUID are
 * its 16 bytes.
 */
import type { Redis } from './connection.ts';
import { packContribution, unpackContribution } from './contribution-codec.ts';
import type { Keys } from './keys.ts';
import { asList, loadScript } from './script.ts';
import { uuidText } from './shorten.ts';

/** What is known of one value: the XSOAR indicator behind it and who contributes to it. */
export interface ValueRecord {
  key: string;
  xsoarId: string | null;
  /** XSOAR's version of it after our last write; null when unknown. */
  version: number | null;
  /** Hash of the indicator that was written last; null when unknown. */
  hash: string | null;
  outcome: 'present' | 'excluded' | null;
  /** How long ago any of us last wrote it, or began to, in ms; null when unknown. */
  sinceWriteMs: number | null;
  /** JSON of what each entity behind the value wants of it. */
  contributions: string[];
  /** JSON of what was wanted before, and may still be in XSOAR; last what was left last. */
  former: string[];
}

/** What an entity wants of a value. */
export interface Wanted {
  /** Key of the value record. */
  key: string;
  /** JSON of the indicator as this entity alone would have it. */
  contribution: string;
}

/** What XSOAR holds for a value after a push. */
export interface ValueResult {
  key: string;
  xsoarId: string | null;
  version: number | null;
  hash: string;
  /** `left`: nobody stands behind it any more, but it stays in XSOAR. */
  outcome: 'present' | 'excluded' | 'absent' | 'left';
}

const OUTCOMES = { present: 'p', excluded: 'x', absent: 'a', left: 'l' } as const;

/** The arguments by which `settle` is told of a value. */
export function settleArguments(result: ValueResult): (string | number)[] {
  const { key, xsoarId, version, hash, outcome } = result;
  return [key, xsoarId ?? '', version ?? '', hash, OUTCOMES[outcome]];
}

/** A contribution as it is stored, beside its JSON. */
export interface PackedContribution {
  /** The entity, as records name it. */
  entity: Buffer;
  packed: Buffer;
  json: string;
}

/** Packs what an entity wants of a value, as `plan` is told of it. */
export function packWanted({ key, contribution }: Wanted, entityId: string): PackedContribution {
  return {
    entity: entityName(entityId),
    packed: packContribution(contribution, entityId, key),
    json: contribution,
  };
}

/**
 * Reads a record as `plan` answers it.
 * @param sent what `plan` was told: it comes back among the others, and needs no unpacking
 */
export function readRecord(key: string, item: unknown, sent?: PackedContribution): ValueRecord {
  const { owners, left: _known, ...record } = readOwnedRecord(key, item, sent);
  return { ...record, contributions: owners.map(({ contribution }) => contribution) };
}

/** A record that also says whose each contribution is. */
export interface OwnedRecord extends Omit<ValueRecord, 'contributions'> {
  owners: { entityId: string; contribution: string }[];
  /** Nobody stands behind it, and it stays in XSOAR on purpose. */
  left: boolean;
}

function readOwnedRecord(key: string, item: unknown, sent?: PackedContribution): OwnedRecord {
  const [id, version, hash, outcome, age, count, ...pairs] = asList(item).map(asBytes);
  const text = (bytes: Buffer | undefined): string | null => bytes?.toString() || null;
  const number = (bytes: Buffer | undefined): number | null =>
    text(bytes) === null ? null : Number(text(bytes));
  const wishes: OwnedRecord['owners'] = [];
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const entity = pairs[at] ?? Buffer.of();
    const packed = pairs[at + 1] ?? Buffer.of();
    const entityId = entityIdOf(entity);
    // Equal bytes of another entity may be another text: its id is in the dictionary.
    const isSent = sent?.entity.equals(entity) === true && sent.packed.equals(packed);
    const contribution = isSent ? sent.json : unpackContribution(packed, entityId, key);
    wishes.push({ entityId, contribution });
  }
  const owners = number(count) ?? 0;
  const letter = text(outcome);
  return {
    key,
    xsoarId: text(id),
    version: number(version),
    hash: text(hash),
    outcome: letter === 'p' ? 'present' : letter === 'x' ? 'excluded' : null,
    // Rounded up, it may lie in the future.
    sinceWriteMs: number(age) === null ? null : Math.max(number(age) ?? 0, 0),
    owners: wishes.slice(0, owners),
    left: letter === 'l',
    former: wishes.slice(owners).map(({ contribution }) => contribution),
  };
}

/** Reads what is known of values, by key; those of which nothing is are not in the answer. */
export async function readOwnedRecords(
  redis: Redis,
  keys: Keys,
  valueKeys: readonly string[],
): Promise<Map<string, OwnedRecord>> {
  const script = loadScript(redis, 'values', 'bytes');
  const records = new Map<string, OwnedRecord>();
  for (let at = 0; at < valueKeys.length; at += RECORDS_CHUNK) {
    const some = valueKeys.slice(at, at + RECORDS_CHUNK);
    const items = asList(await script([keys.values], some));
    for (const [index, key] of some.entries()) {
      if (asList(items[index]).length > 0) records.set(key, readOwnedRecord(key, items[index]));
    }
  }
  return records;
}

/** Records per script call: bounds how long Redis is busy with one. */
const RECORDS_CHUNK = 200;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** How records name an entity: the 16 bytes of a UUID, or its text, of any other length. */
export function entityName(entityId: string): Buffer {
  if (UUID.test(entityId)) return Buffer.from(entityId.replaceAll('-', ''), 'hex');
  const name = Buffer.from(entityId);
  return name.length === 16 ? Buffer.concat([name, Buffer.of(0)]) : name;
}

function entityIdOf(name: Buffer): string {
  if (name.length !== 16) return name.toString().replace(/\0$/, '');
  return uuidText(name);
}

function asBytes(item: unknown): Buffer {
  return Buffer.isBuffer(item) ? item : Buffer.from(String(item ?? ''));
}
