import type { StixObject } from '../stix/object.ts';
import type { LogEntry } from './log.ts';
import { endsOf, isRelation } from './references.ts';

/** An object as the platform holds it now; its JSON is a view into the log's bytes. */
export type Row = LogEntry & { readonly entityId: string };

/** The JSON of a row's object. */
export function jsonOf(row: LogEntry): string {
  return row.block.toString('utf8', row.objectStart, row.objectEnd);
}

/** The row's object, parsed anew at each call. */
export function objectOf(row: LogEntry): StixObject {
  return JSON.parse(jsonOf(row));
}

/** The fold of the stream: the newest version of every object that exists. */
export interface ObjectTable {
  set(row: Row, object: StixObject): void;
  delete(row: Row): void;
  /** By internal id. */
  get(entityId: string): Row | undefined;
  /** By internal id, else by STIX id. */
  find(id: string): Row | undefined;
  rows(): Iterable<Row>;
  readonly size: number;
  /** Rows of the relations that have the object at one end. */
  relationsOf(stixId: string): Row[];
  /** Keeps what the table still needs of an entry that leaves the log. */
  release(entry: LogEntry): void;
}

export function createObjectTable(): ObjectTable {
  const byEntity = new Map<string, Row>();
  const byStix = new Map<string, Row>();
  const relations = new Map<string, Set<string>>();

  const forget = (row: Row): void => {
    if (byStix.get(row.stixId) === row) byStix.delete(row.stixId);
    if (!isRelation(row.stixType)) return;
    for (const id of endsOf(objectOf(row))) relations.get(id)?.delete(row.entityId);
  };

  return {
    set(row, object) {
      const old = byEntity.get(row.entityId);
      if (old) forget(old);
      byEntity.set(row.entityId, row);
      byStix.set(row.stixId, row);
      if (!isRelation(row.stixType)) return;
      for (const id of endsOf(object)) {
        const known = relations.get(id);
        if (known) known.add(row.entityId);
        else relations.set(id, new Set([row.entityId]));
      }
    },
    delete(row) {
      forget(row);
      byEntity.delete(row.entityId);
    },
    get: (entityId) => byEntity.get(entityId),
    find: (id) => byEntity.get(id) ?? byStix.get(id),
    rows: () => byEntity.values(),
    get size() {
      return byEntity.size;
    },
    relationsOf(stixId) {
      const rows: Row[] = [];
      for (const id of relations.get(stixId) ?? []) {
        const row = byEntity.get(id);
        if (row) rows.push(row);
      }
      return rows;
    },
    release(entry) {
      if (entry.entityId === null) return;
      const row = byEntity.get(entry.entityId);
      if (row !== entry) return;
      // A copy, or one small object would keep its whole block alive. Connections may
      // still send the entry, so it stays as it is.
      const block = Buffer.from(row.block.subarray(row.objectStart, row.objectEnd));
      const copy: Row = { ...row, block, objectStart: 0, objectEnd: block.length };
      byEntity.set(copy.entityId, copy);
      if (byStix.get(copy.stixId) === row) byStix.set(copy.stixId, copy);
    },
  };
}
