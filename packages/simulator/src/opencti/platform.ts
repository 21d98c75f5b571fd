import { entityIdOf, extensionOf, type StixObject, updatedAtOf } from '../stix/object.ts';
import { type Envelope, liveEnvelope, messageOf } from './envelope.ts';
import { createIdSource, type EventId, formatId } from './event-id.ts';
import { type EventName, passesFilter, type StreamFilter } from './filter.ts';
import { createEventLog, type EventLog, type LogEntry } from './log.ts';
import type { Expects, Operation } from './operation.ts';
import { applyPatch, diffObjects, type PatchOperation, type PatchPair } from './patch.ts';
import { referencesOf } from './references.ts';
import { createSlabWriter } from './slab.ts';
import { createObjectTable, type ObjectTable, objectOf, type Row } from './table.ts';

/** The platform behind the wire: what happened, and what is there now. */
export interface Platform {
  readonly log: EventLog;
  readonly table: ObjectTable;
  /** Ids of the newest and oldest entry; those of the start when the log is empty. */
  bounds(): { first: EventId; last: EventId };
  /** Applies an operation; the id of its event, or null when it makes none. */
  apply(operation: Operation): EventId | null;
  filter(): StreamFilter;
  /** Open connections see the new filter at once, without any compensating event. */
  setFilter(filter: StreamFilter): void;
  /** Whether an entry's object passed the current filter before and after. */
  matchesOf(entry: LogEntry): { before: boolean; now: boolean };
  rowMatches(row: Row): boolean;
  /** Drops the whole stream, as a lost Redis does; later ids may be older. */
  wipe(): void;
  readonly bytes: number;
}

export interface PlatformOptions {
  now: () => number;
  retention: number;
  filter: StreamFilter;
}

type Matches = { before: boolean; now: boolean };

export function createPlatform(options: PlatformOptions): Platform {
  const slab = createSlabWriter();
  const table = createObjectTable();
  const log = createEventLog(options.retention, (entry) => table.release(entry));
  const ids = createIdSource(options.now);
  let filter = options.filter;
  let filterVersion = 1;
  const startMs = Math.floor(options.now());
  let lastId: EventId = { ms: startMs, seq: 0 };
  // The same few lists of author and markings come with every object.
  const knownReferences = new Map<string, readonly string[]>();

  const shareReferences = (object: StixObject): readonly string[] => {
    const list = referencesOf(object);
    const key = list.join(' ');
    const known = knownReferences.get(key);
    if (known) return known;
    if (knownReferences.size < 10_000) knownReferences.set(key, list);
    return list;
  };

  const remember = (
    object: StixObject,
    place: { block: Buffer; start: number; end: number },
    expects: Expects | undefined,
    matches: boolean,
  ): void => {
    const entityId = entityIdOf(object);
    if (entityId === null) return;
    const row: Row = {
      entityId,
      stixId: object.id,
      stixType: object.type,
      updatedAtMs: updatedAtOf(object),
      references: shareReferences(object),
      inferred: extensionOf(object)?.is_inferred === true,
      message: messageOf('create', object),
      expects,
      ...place,
      matches,
      filterVersion,
    };
    table.set(row, object);
  };

  const write = (
    name: EventName,
    object: StixObject,
    matches: Matches,
    envelope: (id: EventId) => Envelope,
  ): LogEntry => {
    const id = ids.take();
    lastId = id;
    const { before, after } = envelope(id);
    const head = `id: ${formatId(id)}\nevent: ${name}\n`;
    const json = JSON.stringify(object);
    slab.reserve(head, before, json, after);
    const block = slab.block;
    const start = slab.offset;
    const dataStart = slab.write(head);
    const objectStart = slab.write(before);
    const objectEnd = slab.write(json);
    const end = slab.write(after);
    const entry: LogEntry = {
      id,
      name,
      block,
      start,
      dataStart,
      objectStart,
      objectEnd,
      end,
      entityId: entityIdOf(object),
      stixId: object.id,
      stixType: object.type,
      references: shareReferences(object),
      inferred: extensionOf(object)?.is_inferred === true,
      matches,
      filterVersion,
    };
    log.push(entry);
    return entry;
  };

  const eventIdOf = (object: StixObject): string => `${updatedAtOf(object)}-0`;
  const place = (entry: LogEntry) => ({
    block: entry.block,
    start: entry.objectStart,
    end: entry.objectEnd,
  });

  const change = (
    name: 'update' | 'merge',
    object: StixObject,
    expects: Expects | undefined,
    sources?: StixObject[],
  ): EventId => {
    const row = table.find(entityIdOf(object) ?? object.id);
    const previous = row ? objectOf(row) : object;
    const pair: PatchPair = diffObjects(previous, object);
    const now = passesFilter(filter, object);
    const before = row ? passesFilter(filter, previous) : now;
    const message = messageOf(name, object, { patch: pair.patch, ...(sources ? { sources } : {}) });
    const context = sources ? { ...pair, sources } : pair;
    const entry = write(name, object, { before, now }, () =>
      liveEnvelope(name, message, eventIdOf(object), context),
    );
    const samePattern = previous.pattern === object.pattern;
    remember(object, place(entry), expects ?? (samePattern ? row?.expects : undefined), now);
    return entry.id;
  };

  const apply = (operation: Operation): EventId | null => {
    switch (operation.kind) {
      case 'create': {
        const { object, expects } = operation;
        const entityId = entityIdOf(object);
        if (entityId !== null && table.find(entityId)) return change('update', object, expects);
        const now = passesFilter(filter, object);
        const entry = write('create', object, { before: false, now }, () =>
          liveEnvelope('create', messageOf('create', object), eventIdOf(object)),
        );
        remember(object, place(entry), expects, now);
        return entry.id;
      }
      case 'update':
        return change('update', operation.object, operation.expects);
      case 'delete': {
        const row = table.find(operation.id);
        const object = operation.object ?? (row ? objectOf(row) : null);
        if (!object) return null;
        const now = passesFilter(filter, object);
        const entry = write('delete', object, { before: now, now }, () =>
          liveEnvelope('delete', messageOf('delete', object), eventIdOf(object)),
        );
        if (row) table.delete(row);
        return entry.id;
      }
      case 'merge': {
        const rows = operation.sources
          .map((id) => table.find(id))
          .filter((row) => row !== undefined);
        const sources = rows.map(objectOf);
        for (const row of rows) table.delete(row);
        return change('merge', operation.object, operation.expects, sources);
      }
      case 'reference': {
        const json = JSON.stringify(operation.object);
        const block = Buffer.from(json);
        const row = { block, start: 0, end: block.length };
        remember(operation.object, row, undefined, passesFilter(filter, operation.object));
        return null;
      }
      case 'raw': {
        const id = ids.take();
        lastId = id;
        const text = operation.text.replaceAll('{id}', formatId(id));
        slab.reserve(text);
        const { block, offset: start } = slab;
        const end = slab.write(text);
        const bounds = { start, dataStart: start, objectStart: start, objectEnd: end, end };
        const about = { entityId: null, stixId: '', stixType: '', references: [], inferred: false };
        const matches = { before: true, now: true };
        log.push({ id, name: 'raw', block, ...bounds, ...about, matches, filterVersion });
        return id;
      }
    }
  };

  return {
    log,
    table,
    bounds: () => ({ first: log.at(log.first)?.id ?? lastId, last: lastId }),
    apply,
    filter: () => filter,
    setFilter(next) {
      filter = next;
      filterVersion += 1;
    },
    matchesOf(entry) {
      if (entry.filterVersion !== filterVersion && entry.name !== 'raw') {
        const frame = entry.block.toString('utf8', entry.dataStart + 'data: '.length, entry.end);
        const { data, context } = JSON.parse(frame) as {
          data: StixObject;
          context?: { reverse_patch: PatchOperation[] };
        };
        const now = passesFilter(filter, data);
        const previous = context ? applyPatch(data, context.reverse_patch) : data;
        entry.matches = { before: context ? passesFilter(filter, previous) : now, now };
        entry.filterVersion = filterVersion;
      }
      return entry.matches;
    },
    rowMatches(row) {
      if (row.filterVersion !== filterVersion) {
        row.matches = passesFilter(filter, objectOf(row));
        row.filterVersion = filterVersion;
      }
      return row.matches;
    },
    wipe() {
      // What the table still needs must not be lost with the log.
      for (let n = log.first; n < log.next; n += 1) {
        const entry = log.at(n);
        if (entry) table.release(entry);
      }
      log.clear();
      ids.restart();
      lastId = { ms: Math.floor(options.now()), seq: 0 };
    },
    get bytes() {
      return slab.allocated;
    },
  };
}
