import type { DesiredIndicator } from './indicator.ts';

/** What is remembered of an indicator from earlier writes. All of it may be stale. */
export interface KnownIndicator {
  id?: string;
  /** Tags that we set before: those no longer wanted are removed, all others are foreign and stay. */
  previousTags?: readonly string[];
  /**
   * Version of our last write, whichever process made it. XSOAR's index lags
   * behind writes, so what it shows may be older than that. Only a read that is
   * not may end in `unchanged`; without this, an upsert always ends in a
   * versioned edit, which is the one check that cannot be fooled by a stale read.
   */
  version?: number;
}

/** `excluded`: XSOAR has the value on its exclusion list and stores nothing. */
export interface UpsertResult {
  outcome: 'created' | 'edited' | 'unchanged' | 'excluded';
  id: string | null;
  version: number | null;
}

/** An indicator that is to be gone. */
export interface RemovalTarget {
  value: string;
  type: string;
  id?: string;
}

/** Brings indicators of XSOAR to a wanted state, whatever state they are in. All reject with XsoarError. */
export interface IndicatorWriter {
  upsert(
    desired: DesiredIndicator,
    known: KnownIndicator,
    signal?: AbortSignal,
  ): Promise<UpsertResult>;
  /** Never puts the value on the exclusion list. */
  remove(
    target: RemovalTarget,
    reason: string,
    signal?: AbortSignal,
  ): Promise<{ outcome: 'deleted' | 'absent' }>;
}
