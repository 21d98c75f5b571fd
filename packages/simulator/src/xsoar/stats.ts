import type { XsoarOperation } from './paths.ts';

/** Two writes of one value that were in the server at the same time. */
export interface Overlap {
  value: string;
  operations: [string, string];
  atMs: number;
}

/** Counters of the fake XSOAR. */
export interface XsoarStats {
  requests: number;
  /** Requests by operation and status; status 0: the client got no answer. */
  operations: Record<string, Record<string, number>>;
  inFlight: number;
  maxInFlight: number;
  /** Most writes of one value in the server at once; 1 means none ever overlapped. */
  maxInFlightPerValue: number;
  overlapCount: number;
  /** The first overlaps, at most 100. */
  overlaps: Overlap[];
  /** Requests refused before they reached an operation: wrong URL. */
  elsewhere: number;
  faultsStruck: number;
  objects: number;
  exclusions: number;
}

/** Collects the counters. */
export interface StatsBook {
  /** A request comes in; call `done` when the server has finished with it. */
  enter(
    operation: XsoarOperation | 'elsewhere',
    values: readonly string[],
  ): { done(status: number): void };
  read(): Omit<XsoarStats, 'objects' | 'exclusions' | 'faultsStruck'>;
  reset(): void;
}

const overlapsShown = 100;

export function createStatsBook(now: () => number): StatsBook {
  let requests = 0;
  let inFlight = 0;
  let maxInFlight = 0;
  let maxPerValue = 0;
  let overlapCount = 0;
  let elsewhere = 0;
  let overlaps: Overlap[] = [];
  const counts = new Map<string, Map<number, number>>();
  const writing = new Map<string, string[]>();

  const leave = (value: string, operation: string): void => {
    const list = writing.get(value);
    if (!list) return;
    list.splice(list.indexOf(operation), 1);
    if (list.length === 0) writing.delete(value);
  };

  return {
    enter(operation, values) {
      requests += 1;
      inFlight += 1;
      if (inFlight > maxInFlight) maxInFlight = inFlight;
      if (operation === 'elsewhere') elsewhere += 1;
      for (const value of values) {
        const list = writing.get(value);
        if (!list) {
          writing.set(value, [operation]);
          if (maxPerValue < 1) maxPerValue = 1;
          continue;
        }
        overlapCount += 1;
        if (overlaps.length < overlapsShown)
          overlaps.push({ value, operations: [list[0] ?? '', operation], atMs: now() });
        list.push(operation);
        if (list.length > maxPerValue) maxPerValue = list.length;
      }
      return {
        done(status) {
          inFlight -= 1;
          for (const value of values) leave(value, operation);
          const byStatus = counts.get(operation) ?? new Map<number, number>();
          counts.set(operation, byStatus);
          byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
        },
      };
    },
    read: () => ({
      requests,
      operations: Object.fromEntries(
        [...counts].map(([operation, byStatus]) => [operation, Object.fromEntries(byStatus)]),
      ),
      inFlight,
      maxInFlight,
      maxInFlightPerValue: maxPerValue,
      overlapCount,
      overlaps: [...overlaps],
      elsewhere,
    }),
    reset() {
      requests = 0;
      maxInFlight = inFlight;
      maxPerValue = 0;
      overlapCount = 0;
      elsewhere = 0;
      overlaps = [];
      counts.clear();
    },
  };
}
