import { compareIds, type EventId } from './event-id.ts';
import type { EventName } from './filter.ts';
import type { Expects } from './operation.ts';

/** Whether an object passed the stream's filter before and after an event. */
export interface Matches {
  readonly before: boolean;
  readonly now: boolean;
}

/**
 * One version of an object. As an entry of the stream its text lies in `block` as a
 * whole SSE frame: `id:` and `event:` lines from `start`, the `data:` line from
 * `dataStart`, the object's JSON from `objectStart` to `objectEnd`. The newest version
 * of each object is also its row in the table: one small record per event is all that
 * is kept beside the bytes.
 */
export interface LogEntry {
  readonly id: EventId;
  readonly name: EventName | 'raw';
  readonly block: Buffer;
  readonly start: number;
  readonly dataStart: number;
  readonly objectStart: number;
  readonly objectEnd: number;
  readonly end: number;
  readonly entityId: string | null;
  readonly stixId: string;
  readonly stixType: string;
  readonly updatedAtMs: number;
  readonly references: readonly string[];
  readonly inferred: boolean;
  readonly expects: Expects | undefined;
  matches: Matches;
  /** Version of the filter that `matches` was computed with. */
  filterVersion: number;
}

/**
 * The retained part of the stream. Entries have absolute numbers that never change;
 * old ones go when there are more than `retention`.
 */
export interface EventLog {
  push(entry: LogEntry): void;
  at(number: number): LogEntry | undefined;
  /** Number of the oldest retained entry, and one more than the newest. */
  readonly first: number;
  readonly next: number;
  /** Number of the first entry later than `id`. */
  after(id: EventId): number;
  /** Drops everything. */
  clear(): void;
  /** Waits for an entry with this number; what ended the wait. */
  wait(number: number, ms: number, signal: AbortSignal): Promise<'entry' | 'timeout' | 'woken'>;
  /** Ends every wait. */
  wake(): void;
}

export function createEventLog(
  retention: number,
  onDrop: (entry: LogEntry) => void = () => {},
): EventLog {
  let entries: LogEntry[] = [];
  // Entries before `head` are gone; the array is shortened only now and then.
  let head = 0;
  let base = 0;
  const waiting = new Set<() => void>();
  let waking = false;

  const drop = (): void => {
    const entry = entries[head];
    if (entry) onDrop(entry);
    head += 1;
    if (head > 4096 && head * 8 > entries.length) {
      entries = entries.slice(head);
      base += head;
      head = 0;
    }
  };

  const log: EventLog = {
    push(entry) {
      entries.push(entry);
      while (entries.length - head > retention) drop();
      if (waiting.size === 0 || waking) return;
      waking = true;
      // One wake-up for all that is appended in this turn.
      setImmediate(() => {
        waking = false;
        for (const wake of [...waiting]) wake();
      });
    },
    at: (number) => (number < log.first ? undefined : entries[number - base]),
    get first() {
      return base + head;
    },
    get next() {
      return base + entries.length;
    },
    after(id) {
      let low = head;
      let high = entries.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        const entry = entries[middle];
        if (entry && compareIds(entry.id, id) <= 0) low = middle + 1;
        else high = middle;
      }
      return base + low;
    },
    clear() {
      base += entries.length;
      entries = [];
      head = 0;
    },
    wait(number, ms, signal) {
      if (number < log.next) return Promise.resolve('entry');
      if (signal.aborted) return Promise.resolve('woken');
      return new Promise((resolve) => {
        const finish = (timedOut: boolean): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          waiting.delete(wake);
          resolve(number < log.next ? 'entry' : timedOut ? 'timeout' : 'woken');
        };
        const wake = (): void => finish(false);
        const timer = setTimeout(() => finish(true), ms);
        signal.addEventListener('abort', wake);
        waiting.add(wake);
      });
    },
    wake() {
      for (const wake of [...waiting]) wake();
    },
  };
  return log;
}
