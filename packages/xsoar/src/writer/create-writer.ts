import type { DesiredIndicator } from '../indicator.ts';
import type {
  IndicatorWriter,
  KnownIndicator,
  RemovalTarget,
  UpsertResult,
} from '../indicator-writer.ts';
import type { XsoarClient } from '../xsoar-client.ts';
import type { Joined } from './batcher.ts';
import { Deletions } from './deletions.ts';
import { Finder } from './finder.ts';
import { Lookups } from './lookups.ts';
import { type Patience, realPatience } from './patience.ts';
import { RecentWrites } from './recent-writes.ts';
import { removeIndicator } from './remove.ts';
import { upsertIndicator } from './upsert.ts';

/** The calls that a writer makes. */
export type WriterClient = Pick<XsoarClient, 'create' | 'edit' | 'batchDelete' | 'search'>;

/** All have defaults. */
export interface IndicatorWriterOptions {
  /** How long a look-up or a delete waits for others to join it, ms. Default 3. */
  batchWindowMs?: number;
  /** Look-ups in one search. Default 100. */
  maxLookups?: number;
  /** Deletes in one batchDelete. Default 50. */
  maxDeletes?: number;
  /** With so many look-ups (or deletes) in flight the next batch waits for a return. Default 4: fewer calls in bulk (1.2 per create instead of 1.6, at 20 at a time and 20 to 80 ms), for some speed. */
  holdBackAt?: number;
  /** Longest time until a write shows in the index, ms. Default 20 000: Palo Alto's own script waits as long. */
  maxIndexLagMs?: number;
  /** Longest time after a write that a delete which finds nothing is repeated, ms. Default: `maxIndexLagMs`. */
  maxDeleteLagMs?: number;
  /** Edits that may lose against others before an upsert is given back. Default 5. */
  maxConflicts?: number;
  /** Clock, random and sleep. */
  patience?: Patience;
  /** Told whose look-ups or deletes went into one request. */
  joined?: Joined;
}

/** Nobody waits for a delete in bulk: fewer calls are worth some milliseconds. */
const GATHER_WINDOWS = 16;
/** Longest that a batch is held back for others, ms. */
const MAX_HOLD_BACK_MS = 1000;
/** Objects of some KB each. */
const RECENT_ENTRIES = 1000;

/**
 * Makes a writer. Batching works among the callers of one writer, so a process
 * wants one. It holds no connection and needs no closing.
 */
export function createIndicatorWriter(
  client: WriterClient,
  options: IndicatorWriterOptions = {},
): IndicatorWriter {
  const { patience = realPatience, maxIndexLagMs = 20_000, maxConflicts = 5 } = options;
  const windowMs = options.batchWindowMs ?? 3;
  const batches = {
    windowMs,
    holdBackAt: options.holdBackAt ?? 4,
    maxHoldBackMs: MAX_HOLD_BACK_MS,
    ...(options.joined === undefined ? {} : { joined: options.joined }),
  };
  const { maxDeleteLagMs = maxIndexLagMs } = options;
  const { now } = patience;
  const recent = new RecentWrites({ maxEntries: RECENT_ENTRIES, keepMs: maxIndexLagMs, now });
  const lookups = new Lookups(client, {
    ...batches,
    gatherMs: windowMs,
    maxKeys: options.maxLookups ?? 100,
  });
  const deletions = new Deletions(client, {
    ...batches,
    gatherMs: GATHER_WINDOWS * windowMs,
    maxKeys: options.maxDeletes ?? 50,
  });
  const finder = new Finder(lookups, recent);
  return {
    upsert(
      desired: DesiredIndicator,
      known: KnownIndicator,
      signal?: AbortSignal,
    ): Promise<UpsertResult> {
      const parts = { client, finder, recent, patience, maxIndexLagMs, maxConflicts };
      return upsertIndicator(parts, desired, known, signal);
    },
    remove(target: RemovalTarget, reason: string, signal?: AbortSignal) {
      const parts = { deletions, finder, recent, patience, maxLagMs: maxDeleteLagMs };
      return removeIndicator(parts, target, reason, signal);
    },
    findByStixId: (stixId, signal) => lookups.byStixId(stixId, signal),
  };
}
