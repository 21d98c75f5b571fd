import type { DesiredIndicator, IocObject } from './indicator.ts';

/** What is remembered of an indicator from earlier writes. All of it may be stale. */
export interface KnownIndicator {
  id?: string;
  /** Tags that we set before: those no longer wanted are removed, all others are foreign and stay. */
  previousTags?: readonly string[];
  /** Custom fields that we set before: those no longer wanted are emptied. */
  previousFields?: readonly string[];
  /** Comments that we may have set before. Any other is an analyst's, and stays. */
  previousComments?: readonly string[];
  /** Version of our last write under that id, whichever process made it. */
  version?: number;
  /**
   * When any process of ours last wrote or removed this value, ms since 1970; 0
   * for never.
   *
   * XSOAR's index lags behind writes, so what it shows may be what was there
   * before. An upsert that finds everything as wanted ends in `unchanged` only
   * where the last write is longer ago than the index can lag, or, where this is
   * not told, where the index shows `version` under `id`. Otherwise it ends in an
   * edit with the version that was read, the one check that a stale read does not
   * pass. This is the stronger of the two: a tenant that derives ids from values
   * begins to count versions anew when an indicator is deleted and created.
   */
  lastWriteAt?: number;
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
  /**
   * When any process of ours last wrote the indicator of `id`, ms since 1970. Where
   * that was lately, neither a delete that finds nothing nor an empty search shows
   * that it is gone: the index may not have it yet.
   */
  lastWriteAt?: number;
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
  /**
   * The indicators whose field `stixid` names this STIX id, as the index has them:
   * what is left to go by where nothing is remembered of an entity.
   */
  findByStixId(stixId: string, signal?: AbortSignal): Promise<IocObject[]>;
}
