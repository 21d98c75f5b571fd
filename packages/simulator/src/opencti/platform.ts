import {
  entityIdOf,
  extensionOf,
  isStixObject,
  type StixObject,
  updatedAtOf,
} from '../stix/object.ts';
import { liveEnvelope, messageOf } from './envelope.ts';
import { createIdSource, type EventId, formatId } from './event-id.ts';
import { type EventName, passesFilter, type StreamFilter } from './filter.ts';
import { createEventLog, type EventLog, type LogEntry, type Matches } from './log.ts';
import type { Expects, Operation } from './operation.ts';
import { applyPatch, diffObjects, type PatchOperation, type PatchPair } from './patch.ts';
import { createReferencePool, referencesOf } from './references.ts';
import { createSlabWriter } from './slab.ts';
import { createObjectTable, jsonOf, type ObjectTable, objectOf, type Row } from './table.ts';

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
  matchesOf(entry: LogEntry): Matches;
  rowMatches(row: Row): boolean;
  /** Drops the whole stream, as a lost Redis does; later ids may be older. */
  wipe(how?: { empty?: boolean }): void;
  readonly bytes: number;
}

export interface PlatformOptions {
  now: () => number;
  retention: number;
  filter: StreamFilter;
}

const allMatches: readonly Matches[] = [
  { before: false, now: false },
  { before: false, now: true },
  { before: true, now: false },
  { before: true, now: true },
];

/** One of four shared records: there are as many versions as events. */
function matchesFor(before: boolean, now: boolean): Matches {
  return allMatches[(before ? 2 : 0) + (now ? 1 : 0)] ?? { before, now };
}

function isRow(entry: LogEntry): entry is Row {
  return entry.entityId !== null;
}

export function createPlatform(options: PlatformOptions): Platform {
  const slab = createSlabWriter();
  const table = createObjectTable();
  const log = createEventLog(options.retention, (entry) => table.release(entry));
  const ids = createIdSource(options.now);
  let filter = options.filter;
  let filterVersion = 1;
  const startMs = Math.floor(options.now());
  let lastId: EventId = { ms: startMs, seq: 0 };
  const shared = createReferencePool();

  const hold = (entry: LogEntry, object: StixObject): void => {
    if (isRow(entry)) table.set(entry, object);
  };

  const write = (
    name: EventName,
    object: StixObject,
    details: {
      expects?: Expects | undefined;
      matches: Matches;
      message: string;
      /** The object's JSON, where it is known already. */
      json?: string | undefined;
    },
    context?: PatchPair & { sources?: readonly StixObject[] },
  ): LogEntry => {
    lastId = ids.take();
    const updatedAtMs = updatedAtOf(object);
    const { before, after } = liveEnvelope(name, details.message, `${updatedAtMs}-0`, context);
    const head = `id: ${formatId(lastId)}\nevent: ${name}\n`;
    const { block, offsets } = slab.write([
      head,
      before,
      details.json ?? JSON.stringify(object),
      after,
    ]);
    const [start = 0, dataStart = 0, objectStart = 0, objectEnd = 0, end = 0] = offsets;
    // One literal, no spreads: this is made for every event.
    const entry: LogEntry = {
      id: lastId,
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
      updatedAtMs,
      references: shared(referencesOf(object)),
      inferred: extensionOf(object)?.is_inferred === true,
      expects: details.expects,
      matches: details.matches,
      filterVersion,
    };
    log.push(entry);
    return entry;
  };

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
    const matches = matchesFor(row ? passesFilter(filter, previous) : now, now);
    const message = messageOf(name, object, { patch: pair.patch, ...(sources ? { sources } : {}) });
    const context = sources ? { ...pair, sources } : pair;
    // What is known of the XSOAR side holds as long as the pattern does.
    const known = previous.pattern === object.pattern ? row?.expects : undefined;
    const entry = write(name, object, { expects: expects ?? known, matches, message }, context);
    hold(entry, object);
    return entry.id;
  };

  const apply = (operation: Operation): EventId | null => {
    switch (operation.kind) {
      case 'create': {
        const { object, expects } = operation;
        const entityId = entityIdOf(object);
        if (entityId !== null && table.get(entityId)) return change('update', object, expects);
        const matches = matchesFor(false, passesFilter(filter, object));
        const message = messageOf('create', object);
        const entry = write('create', object, { expects, matches, message });
        hold(entry, object);
        return entry.id;
      }
      case 'update':
        return change('update', operation.object, operation.expects);
      case 'delete': {
        const row = table.find(operation.id);
        const json = operation.object || !row ? undefined : jsonOf(row);
        const object = operation.object ?? (json === undefined ? null : JSON.parse(json));
        if (!isStixObject(object)) return null;
        const now = passesFilter(filter, object);
        const message = messageOf('delete', object);
        const entry = write('delete', object, { matches: matchesFor(now, now), message, json });
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
        const { object } = operation;
        const block = Buffer.from(JSON.stringify(object));
        const matches = matchesFor(false, passesFilter(filter, object));
        const about = {
          entityId: entityIdOf(object),
          stixId: object.id,
          stixType: object.type,
          updatedAtMs: updatedAtOf(object),
          references: shared(referencesOf(object)),
          inferred: extensionOf(object)?.is_inferred === true,
          expects: undefined,
        };
        const place = {
          start: 0,
          dataStart: 0,
          objectStart: 0,
          objectEnd: block.length,
          end: block.length,
        };
        hold(
          { id: lastId, name: 'create', block, ...place, ...about, matches, filterVersion },
          object,
        );
        return null;
      }
      case 'raw': {
        lastId = ids.take();
        const text = operation.text.replaceAll('{id}', formatId(lastId));
        const { block, offsets } = slab.write([text]);
        const [start = 0, end = 0] = offsets;
        const bounds = { start, dataStart: start, objectStart: start, objectEnd: end, end };
        const about = { entityId: null, stixId: '', stixType: '', updatedAtMs: 0, references: [] };
        const rest = { inferred: false, expects: undefined, matches: matchesFor(true, true) };
        log.push({ id: lastId, name: 'raw', block, ...bounds, ...about, ...rest, filterVersion });
        return lastId;
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
        entry.matches = matchesFor(context ? passesFilter(filter, previous) : now, now);
        entry.filterVersion = filterVersion;
      }
      return entry.matches;
    },
    rowMatches(row) {
      if (row.filterVersion === filterVersion) return row.matches.now;
      // Not noted: as an entry of the log the version has a `before` too.
      return passesFilter(filter, objectOf(row));
    },
    wipe({ empty = false } = {}) {
      // What the table still needs must not be lost with the log.
      for (let n = log.first; n < log.next; n += 1) {
        const entry = log.at(n);
        if (entry) table.release(entry);
      }
      log.clear();
      ids.restart();
      lastId = { ms: empty ? 0 : Math.floor(options.now()), seq: 0 };
    },
    get bytes() {
      return slab.allocated;
    },
  };
}
