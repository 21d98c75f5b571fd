/** What a run reports. */

/** Kinds of drift; closed, used as a metric label. */
export const DRIFTS = ['missing', 'stale', 'foreign', 'extra'] as const;
/** One of {@link DRIFTS}. */
export type Drift = (typeof DRIFTS)[number];

/** One difference that two looks agreed on. */
export interface Finding {
  kind: Drift;
  /** The indicator in OpenCTI; a STIX id where nothing but that is known. */
  entityId: string;
  value: string;
  type: string;
  /** Fields that differ; of `stale` and `foreign`. */
  fields?: string[];
  /** Why it is too many; of `extra`. */
  reason?: 'deleted' | 'left-stream' | 'not-named';
}

/** How much of what, of one run. All of values, but where said otherwise. */
export interface Counts extends Record<Drift, number> {
  /** Of the missing: changed last before CONNECTOR_LIVE_STREAM_START_TIMESTAMP. */
  beforeStart: number;
  /** Indicators (entities) that OpenCTI listed. */
  listed: number;
  compared: number;
  equal: number;
  /** On XSOAR's exclusion list. */
  excluded: number;
  /** Indicators that the mapping or a filter leaves out, in whole. */
  leftOut: number;
  /** Objects of ours that XSOAR listed. */
  held: number;
  /** Looked different at first, and were not at the second look. */
  settled: number;
  /** Changed while the run went on: live deliveries see to them. */
  changed: number;
  /** Still undelivered after the last look. */
  inFlight: number;
  /** Dead letters: known to be wrong, with their reasons. */
  dead: number;
  /** Events of the listing that could not be read. */
  unreadable: number;
  /** Indicators whose delivery was asked for, and deletes among them. */
  repaired: number;
  deleted: number;
}

/** Nothing yet. */
export function noCounts(): Counts {
  return {
    ...{ missing: 0, stale: 0, foreign: 0, extra: 0, listed: 0, compared: 0, equal: 0 },
    ...{ excluded: 0, leftOut: 0, held: 0, settled: 0, changed: 0, inFlight: 0, dead: 0 },
    ...{ beforeStart: 0, unreadable: 0, repaired: 0, deleted: 0 },
  };
}

/** The report of a finished run. */
export interface Report {
  runId: string;
  /** ms since 1970. */
  startedAt: number;
  finishedAt: number;
  /** It went over everything: neither a sample, nor only what changed lately. */
  whole: boolean;
  applied: boolean;
  counts: Counts;
  /** Why no delete was issued though there is something to delete; null otherwise. */
  deletesRefused: string | null;
  /** What was not looked for, and why. */
  notes: string[];
  /** At most {@link FINDINGS_MAX} of what is too many, last, and as many of all others. */
  findings: Finding[];
  /** Findings that are counted, but not kept in words. */
  findingsCut: number;
}

/** Findings that are kept in words, of what is too many and of all others; all are counted. */
export const FINDINGS_MAX = 5_000;

/** Differences in all. */
export function driftOf(counts: Counts): number {
  return DRIFTS.reduce((sum, kind) => sum + counts[kind], 0);
}

/** Differences that were left as they were. */
export function unrepairedOf({ applied, counts, deletesRefused }: Report): number {
  if (!applied) return driftOf(counts);
  return deletesRefused === null ? 0 : counts.extra;
}
