import { type ObservableType, type SkipReason, valueKey } from '@xsoar-intel/pipeline';
import type { Judgement, Outcome } from './judge.ts';

/** How often something came up, and where first. */
export interface Count {
  count: number;
  /** Place of the first one. */
  example: string;
  /** The observables that it was about, where it was about any. */
  observables: Map<ObservableType, number>;
}

/** What came of everything that was read. */
export interface Summary {
  subjects: number;
  outcomes: Map<Outcome, number>;
  /** By the reason for which a subject as a whole is not sent. */
  reasons: Map<SkipReason | 'unreadable', Count>;
  /** By the reason for which a part of a subject that is sent is left out; each subject counts once. */
  partReasons: Map<SkipReason, Count>;
  /** XSOAR indicators by type; a value that several subjects name counts once. */
  types: Map<string, number>;
  indicators: number;
  different: number;
}

/** Counts judgements; memory grows with the number of different values. */
export function createTally(): { add(judgement: Judgement): void; summary(): Summary } {
  const seen = new Set<string>();
  const summary: Summary = {
    subjects: 0,
    outcomes: new Map(),
    reasons: new Map(),
    partReasons: new Map(),
    types: new Map(),
    indicators: 0,
    different: 0,
  };

  function addIndicators({ result }: Judgement): void {
    if (!result?.ok) return;
    for (const { indicator_type: type, value } of result.indicators) {
      summary.indicators += 1;
      const key = valueKey(type, value);
      if (seen.has(key)) continue;
      seen.add(key);
      summary.different += 1;
      summary.types.set(type, (summary.types.get(type) ?? 0) + 1);
    }
  }

  function addParts({ result, subject }: Judgement): void {
    const told = new Set<SkipReason>();
    for (const { reason, observableType } of result?.leftOut ?? []) {
      if (told.has(reason)) continue;
      told.add(reason);
      note(summary.partReasons, reason, subject.place, observableType);
    }
  }

  return {
    add(judgement) {
      const { outcome, reason, result, subject } = judgement;
      summary.subjects += 1;
      summary.outcomes.set(outcome, (summary.outcomes.get(outcome) ?? 0) + 1);
      if (outcome === 'sent') {
        addIndicators(judgement);
        addParts(judgement);
      } else if (reason !== null) {
        const observable = result?.ok === false ? result.observableType : undefined;
        note(summary.reasons, reason, subject.place, observable);
      }
    },
    summary() {
      return summary;
    },
  };
}

function note<K>(
  counts: Map<K, Count>,
  key: K,
  place: string | null,
  observable: ObservableType | undefined,
): void {
  const known = counts.get(key) ?? { count: 0, example: place ?? '', observables: new Map() };
  known.count += 1;
  if (observable !== undefined) {
    known.observables.set(observable, (known.observables.get(observable) ?? 0) + 1);
  }
  counts.set(key, known);
}
