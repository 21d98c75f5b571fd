import type { XsoarOperation } from './paths.ts';

/** One write or read as it was carried out, in the order of the commits. */
export interface JournalEntry {
  /** 1, 2, 3, … over all requests, also those that fell out of the journal. */
  number: number;
  atMs: number;
  operation: XsoarOperation;
  /** Status of the server's own answer, before any fault spoilt it. */
  status: number;
  committed: boolean;
  /** Values that the request is about. */
  values: string[];
  body: Record<string, unknown>;
}

/** The last requests, bounded. */
export interface Journal {
  note(entry: Omit<JournalEntry, 'number'>): void;
  read(filter?: { value?: string; operation?: string }): JournalEntry[];
  clear(): void;
}

/** Keeps at most `limit` entries; 0 keeps none. */
export function createJournal(limit: number): Journal {
  let entries: JournalEntry[] = [];
  let number = 0;
  return {
    note(entry) {
      number += 1;
      if (limit <= 0) return;
      entries.push({ ...entry, number });
      // Trimmed in steps, so that a long run does not pay for each entry.
      if (entries.length > limit * 1.25 + 16) entries = entries.slice(-limit);
    },
    read: ({ value, operation } = {}) =>
      entries
        .slice(-limit)
        .filter((entry) => value === undefined || entry.values.includes(value))
        .filter((entry) => operation === undefined || entry.operation === operation),
    clear() {
      entries = [];
    },
  };
}
