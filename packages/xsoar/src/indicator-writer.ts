import type { DesiredIndicator } from './indicator.ts';

/** What is remembered of an indicator from earlier writes. All of it may be stale. */
export interface KnownIndicator {
  id?: string;
  /** Tags that we set before: those no longer wanted are removed, all others are foreign and stay. */
  previousTags?: readonly string[];
}

/** `excluded`: XSOAR has the value on its exclusion list and stores nothing. */
export interface UpsertResult {
  outcome: 'created' | 'edited' | 'unchanged' | 'excluded';
  id: string | null;
  version: number | null;
}

/** Brings indicators of XSOAR to a wanted state, whatever state they are in. All reject with XsoarError. */
export interface IndicatorWriter {
  upsert(
    desired: DesiredIndicator,
    known: KnownIndicator,
    signal?: AbortSignal,
  ): Promise<UpsertResult>;
  remove(
    target: { value: string; type: string; id?: string },
    reason: string,
    signal?: AbortSignal,
  ): Promise<{ outcome: 'deleted' | 'absent' }>;
}
