import type { StixObject } from '@xsoar-intel/opencti';
import {
  type CompiledFilter,
  decideFilter,
  type EventOperation,
  FILTER_REASONS,
  type MappingOptions,
  type MappingResult,
  mapFiltered,
  mapIndicator,
  type SkipReason,
} from '@xsoar-intel/pipeline';
import type { Subject } from './input/subject.ts';

/** What the answer depends on beside the subject. */
export interface Rules {
  mapping: MappingOptions;
  filter: CompiledFilter;
  /** ms since 1970. */
  now: number;
}

/**
 * What becomes of a subject:
 * - `sent`: XSOAR indicators are created or updated;
 * - `left-out`: the mapping finds nothing, or a filter holds it back;
 * - `removed`: a delete event;
 * - `ignored`: an event of a kind that is not followed;
 * - `unreadable`: it is no STIX object at all.
 */
export type Outcome = 'sent' | 'left-out' | 'removed' | 'ignored' | 'unreadable';

/** The outcome with what led to it. */
export interface Judgement {
  subject: Subject;
  outcome: Outcome;
  /** The label under which it is counted; null for what is sent or removed. */
  reason: SkipReason | 'unreadable' | null;
  /** Whether a filter decided, not the mapping. */
  byFilter: boolean;
  detail: string;
  /** The indicator, made up of nothing but the pattern where that was all; null where unreadable. */
  object: StixObject | null;
  operation: EventOperation | null;
  /** What the mapping made of it; null where it was not asked. */
  result: MappingResult | null;
}

const filterReasons: ReadonlySet<string> = new Set(FILTER_REASONS);

/** Decides as ingest and worker do. Pure: the same rules and subject give the same answer. */
export function judge(subject: Subject, { mapping, filter, now }: Rules): Judgement {
  const { content } = subject;
  const base = {
    subject,
    byFilter: false,
    detail: '',
    object: null,
    operation: null,
    result: null,
  };
  if (content.kind === 'unreadable') {
    return { ...base, outcome: 'unreadable', reason: 'unreadable', detail: content.problem };
  }
  if (content.kind === 'pattern') {
    const object: StixObject = { id: '', type: 'indicator', pattern: content.pattern };
    return judgeResult(
      { ...base, object },
      mapFiltered(object, mapping, forPatternAlone(filter), now),
    );
  }
  const { object, operation } = content;
  const known = { ...base, object, operation };
  if (object.type !== 'indicator') {
    // Filters would speak first, and hide that it is not theirs to judge.
    return judgeResult(known, mapIndicator(object, mapping));
  }
  if (operation !== null) {
    const decision = decideFilter(object, operation, filter, now);
    if (!decision.pass && decision.reason === 'event-type') {
      const { reason, detail } = decision;
      return { ...known, outcome: 'ignored', reason, detail, byFilter: true };
    }
  }
  const result = mapFiltered(object, mapping, filter, now);
  if (operation === 'delete') {
    return { ...known, outcome: 'removed', reason: null, result };
  }
  return judgeResult(known, result);
}

/** Whether a filter asks for something that only a whole indicator has. */
export function asksForObject({ options, wanted }: CompiledFilter): boolean {
  return options.minimumScore !== undefined || wanted !== null;
}

/** Without what a pattern alone cannot meet: a score, labels. */
function forPatternAlone(filter: CompiledFilter): CompiledFilter {
  const { minimumScore, ...options } = filter.options;
  return minimumScore === undefined && filter.wanted === null
    ? filter
    : { ...filter, options, wanted: null };
}

function judgeResult(
  known: Omit<Judgement, 'outcome' | 'reason' | 'result'>,
  result: MappingResult,
): Judgement {
  if (result.ok) return { ...known, outcome: 'sent', reason: null, result };
  const { reason, detail } = result;
  const byFilter = filterReasons.has(reason);
  return { ...known, outcome: 'left-out', reason, detail, byFilter, result };
}
