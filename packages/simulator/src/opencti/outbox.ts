import { initEnvelope, messageOf } from './envelope.ts';
import { formatId } from './event-id.ts';
import { translate } from './filter.ts';
import type { FrameWriter } from './frames.ts';
import type { LogEntry } from './log.ts';
import type { Platform } from './platform.ts';
import { createSentCache, endsOf, isRelation } from './references.ts';
import type { StreamRequest } from './request.ts';
import { objectOf, type Row } from './table.ts';

/**
 * Turns entries and rows into the frames that one connection gets: which event name,
 * and which dependencies first. It writes into `frames` and knows no sockets.
 */
export interface Outbox {
  /**
   * Writes what must come before the entry's own frame. Null: the entry is not for
   * this connection. `main` writes the frame itself; between the two lies the gap in
   * which a client may see the id of an event that it does not have yet.
   */
  prepare(entry: LogEntry): { dependencies: number; main: () => void } | null;
  /** The same for an object that is sent from the table in recovery. */
  prepareRow(row: Row): { dependencies: number; main: () => void } | null;
  /** The last id written, or null. */
  readonly lastId: string | null;
  readonly counts: { written: number; dependencies: number; recovered: number };
}

export interface OutboxOptions {
  platform: Platform;
  frames: FrameWriter;
  request: StreamRequest;
  now: () => number;
  /** Size and life of the cache of ids already sent on this connection. */
  sentLimit: number;
  sentLifeMs: number;
  /** Told of each entry of the log whose frame is written. */
  onEntry?: (entry: LogEntry) => void;
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { platform, frames, request } = options;
  const { table } = platform;
  const sent = createSentCache(options.sentLimit, options.sentLifeMs, options.now);
  const counts = { written: 0, dependencies: 0, recovered: 0 };
  let lastId: string | null = null;

  const writeRow = (row: Row, id: string, why: 'dependencies' | 'create'): void => {
    const { before, after } = initEnvelope(why, messageOf('create', objectOf(row)));
    frames.text(`id: ${id}\nevent: create\n${before}`);
    frames.view(row.block, row.objectStart, row.objectEnd);
    frames.text(after);
    sent.add(row.stixId);
    lastId = id;
    counts.written += 1;
    if (why === 'dependencies') counts.dependencies += 1;
    else counts.recovered += 1;
  };

  const writeReferences = (references: readonly string[], id: string): number => {
    let wrote = 0;
    for (const reference of references) {
      if (sent.has(reference)) continue;
      const row = table.find(reference);
      if (!row) continue;
      // Marked before its own references are followed: two objects may refer to each other.
      sent.add(reference);
      wrote += writeReferences(row.references, id) + 1;
      writeRow(row, id, 'dependencies');
    }
    return wrote;
  };

  /** The relations around an object and their other ends, unless the client declined them. */
  const writeNeighbours = (stixId: string, id: string): number => {
    if (request.noDependencies) return 0;
    let wrote = 0;
    for (const relation of table.relationsOf(stixId)) {
      const others = endsOf(objectOf(relation)).filter((end) => end !== stixId);
      wrote += writeReferences([...others, relation.stixId], id);
    }
    return wrote;
  };

  const writeFrame = (entry: LogEntry, name: string): void => {
    if (name === entry.name) {
      frames.view(entry.block, entry.start, entry.end);
    } else {
      frames.text(`id: ${formatId(entry.id)}\nevent: ${name}\n`);
      frames.view(entry.block, entry.dataStart, entry.end);
    }
    if (entry.name !== 'raw') sent.add(entry.stixId);
    lastId = formatId(entry.id);
    counts.written += 1;
    options.onEntry?.(entry);
  };

  const endsOfEntry = (entry: LogEntry): (Row | undefined)[] => {
    return endsOf(objectOf(entry)).map((id) => table.find(id));
  };

  /** A relation outside the filter comes as a dependency when one of its ends is inside. */
  const writeOuterRelation = (entry: LogEntry): void => {
    if (request.noDependencies || entry.name === 'delete' || !isRelation(entry.stixType)) return;
    const row = table.find(entry.stixId);
    if (!row || !endsOfEntry(entry).some((end) => end && platform.rowMatches(end))) return;
    const id = formatId(entry.id);
    writeReferences(row.references, id);
    writeRow(row, id, 'dependencies');
  };

  return {
    prepare(entry) {
      const { name } = entry;
      if (name === 'raw') return { dependencies: 0, main: () => writeFrame(entry, name) };
      if (entry.inferred && !request.withInferences) return null;
      const seen = translate(name, platform.matchesOf(entry), request.listenDelete);
      if (seen === null) {
        writeOuterRelation(entry);
        return null;
      }
      const main = (): void => writeFrame(entry, seen);
      if (seen === 'delete') return { dependencies: 0, main };
      if (isRelation(entry.stixType) && endsOfEntry(entry).includes(undefined)) return null;
      const id = formatId(entry.id);
      // On its way: a relation around it must not send it as its own dependency.
      sent.add(entry.stixId);
      const dependencies =
        writeReferences(entry.references, id) + writeNeighbours(entry.stixId, id);
      return { dependencies, main };
    },
    prepareRow(row) {
      if (sent.has(row.stixId)) return null;
      const id = formatId({ ms: row.updatedAtMs, seq: 0 });
      sent.add(row.stixId);
      const dependencies = writeReferences(row.references, id) + writeNeighbours(row.stixId, id);
      return { dependencies, main: () => writeRow(row, id, 'create') };
    },
    get lastId() {
      return lastId;
    },
    counts,
  };
}
