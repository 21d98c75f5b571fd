/** Id of an entry of OpenCTI's stream: `<epoch ms>-<sequence>`, as a Redis stream gives it. */
export interface EventId {
  ms: number;
  seq: number;
}

/** Below 0 when `a` is older than `b`; ids compare as two numbers, never as text. */
export function compareIds(a: EventId, b: EventId): number {
  return a.ms - b.ms || a.seq - b.seq;
}

export function formatId(id: EventId): string {
  return `${id.ms}-${id.seq}`;
}

/** Parses `ms-seq`; null for anything else. */
export function parseId(text: string): EventId | null {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  return match ? { ms: Number(match[1]), seq: Number(match[2]) } : null;
}

/**
 * Gives ids as Redis does: the clock's ms with sequence 0, or the last ms with the
 * next sequence when the clock has not moved on (or went back). Strictly increasing
 * until `restart`.
 */
export interface IdSource {
  take(): EventId;
  /** Forgets the last id, as a wiped Redis does: later ids may be older than earlier ones. */
  restart(): void;
}

export function createIdSource(now: () => number): IdSource {
  let last: EventId = { ms: 0, seq: 0 };
  return {
    take() {
      const ms = Math.floor(now());
      last = ms > last.ms ? { ms, seq: 0 } : { ms: last.ms, seq: last.seq + 1 };
      return last;
    },
    restart() {
      last = { ms: 0, seq: 0 };
    },
  };
}
