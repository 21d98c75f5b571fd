/** The id of a stream event: milliseconds and a sequence number, as Redis streams number their entries. */
export interface EventId {
  /** Epoch milliseconds. */
  readonly ms: number;
  readonly seq: number;
  /** The canonical text `<ms>-<seq>`, fit for a `Last-Event-ID` header. */
  readonly text: string;
}

// No quantifier here can match in two ways, so this cannot backtrack on hostile text.
const shape = /^(\d{1,20})-(\d{1,20})$/;

/**
 * Reads `<ms>-<seq>`. Anything else gives null, also numbers too large to be compared exactly:
 * such an id could never be ordered, and a cursor must be.
 */
export function parseEventId(text: string): EventId | null {
  const match = shape.exec(text);
  if (match === null) return null;
  const ms = Number(match[1]);
  const seq = Number(match[2]);
  if (!Number.isSafeInteger(ms) || !Number.isSafeInteger(seq)) return null;
  return { ms, seq, text: `${ms}-${seq}` };
}

/**
 * Negative when `a` comes before `b`, 0 when they are the same, positive when after. Compared as
 * two numbers, since `9-0` comes before `10-0` and `1-9` before `1-10`.
 */
export function compareEventIds(a: EventId, b: EventId): number {
  return a.ms === b.ms ? a.seq - b.seq : a.ms - b.ms;
}
