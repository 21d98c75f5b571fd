import type { StixObject } from '@xsoar-intel/opencti';
import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import { instantMs, rfc3339 } from '../mapping/instant.ts';
import { observableName, plainObjectType } from '../mapping/observable-types.ts';
import { openctiAttributes, patternTypeOf, scoreOf } from '../mapping/opencti-object.ts';
import { tlpOf, tlpRank } from '../mapping/tlp.ts';
import type { EventOperation, FilterOptions } from './filter-options.ts';
import type { FilterReason } from './filter-reasons.ts';
import { type LabelMatcher, labelMatcher } from './label-matcher.ts';
import { type NeverPush, neverPush } from './never-push.ts';

/** Whether an event goes on, and if not, why; `detail` is fit for a log. */
export type FilterDecision = { pass: true } | { pass: false; reason: FilterReason; detail: string };

/** Options worked out once, so that an event costs no more than a few look-ups. */
export interface CompiledFilter {
  readonly options: FilterOptions;
  readonly wanted: LabelMatcher | null;
  readonly unwanted: LabelMatcher | null;
  readonly maximumTlpRank: number | null;
  readonly patternTypes: ReadonlySet<string> | null;
  readonly observableTypes: ReadonlySet<string> | null;
  readonly neverPush: NeverPush | null;
}

const pass: FilterDecision = Object.freeze({ pass: true });

/** Compiles the options; what is absent or an empty list filters nothing. */
export function compileFilter(options: FilterOptions): CompiledFilter {
  const { labelsIn, labelsOut, maximumTlp, patternTypes, observableTypes } = options;
  return {
    options,
    wanted: isSet(labelsIn) ? labelMatcher(labelsIn) : null,
    unwanted: isSet(labelsOut) ? labelMatcher(labelsOut) : null,
    maximumTlpRank: maximumTlp === undefined ? null : tlpRank(maximumTlp),
    patternTypes: isSet(patternTypes)
      ? new Set(patternTypes.map((type) => type.trim().toLowerCase()))
      : null,
    observableTypes: isSet(observableTypes) ? new Set(observableTypes.map(observableName)) : null,
    neverPush: isSet(options.neverPush) ? neverPush(options.neverPush) : null,
  };
}

function isSet<T>(list: readonly T[] | undefined): list is readonly T[] {
  return list !== undefined && list.length > 0;
}

/**
 * Whether an event goes on to the mapping. Pure; the object is untrusted and may have any shape.
 * `now` is in milliseconds since 1970 and only asked for the age.
 *
 * A delete passes every filter but that of event types: the entity may have been pushed while it
 * still passed, and only its id is needed to take it away. Where a create or update does not pass,
 * XSOAR should not hold the entity (it may have passed before): `event-type` alone means that the
 * event is to be ignored.
 */
export function decideFilter(
  object: StixObject,
  operation: EventOperation,
  filter: CompiledFilter,
  now: number,
): FilterDecision {
  const { eventTypes } = filter.options;
  if (isSet(eventTypes) && !eventTypes.includes(operation)) {
    return held('event-type', `event ${operation}`);
  }
  if (operation === 'delete') return pass;
  return (
    byScore(object, filter) ??
    byLabels(object, filter) ??
    byTlp(object, filter) ??
    byPatternType(object, filter) ??
    byObservableType(object, filter) ??
    byAge(object, filter, now) ??
    pass
  );
}

/**
 * The indicators that may be pushed, and those on the list of values never to push, each with the
 * entry of the list that it falls under.
 */
export function filterValues(
  indicators: readonly DesiredIndicator[],
  filter: CompiledFilter,
): { kept: DesiredIndicator[]; dropped: { indicator: DesiredIndicator; entry: string }[] } {
  const kept: DesiredIndicator[] = [];
  const dropped: { indicator: DesiredIndicator; entry: string }[] = [];
  for (const indicator of indicators) {
    const entry = filter.neverPush?.(indicator) ?? null;
    if (entry === null) kept.push(indicator);
    else dropped.push({ indicator, entry });
  }
  return { kept, dropped };
}

function held(reason: FilterReason, detail: string): FilterDecision {
  return { pass: false, reason, detail };
}

function byScore(object: StixObject, { options }: CompiledFilter): FilterDecision | undefined {
  const { minimumScore } = options;
  if (minimumScore === undefined) return undefined;
  const score = scoreOf(object, openctiAttributes(object)) ?? 0;
  return score < minimumScore ? held('score-below', `score ${score} < ${minimumScore}`) : undefined;
}

function byLabels(
  object: StixObject,
  { wanted, unwanted }: CompiledFilter,
): FilterDecision | undefined {
  if (wanted === null && unwanted === null) return undefined;
  const labels: unknown[] = Array.isArray(object.labels) ? object.labels : [];
  const texts = labels.filter((label): label is string => typeof label === 'string');
  if (unwanted !== null && texts.some(unwanted)) {
    return held('label-excluded', 'has an excluded label');
  }
  return wanted === null || texts.some(wanted)
    ? undefined
    : held('label-missing', 'has none of the wanted labels');
}

function byTlp(object: StixObject, { maximumTlpRank }: CompiledFilter): FilterDecision | undefined {
  if (maximumTlpRank === null) return undefined;
  const level = tlpOf(object.object_marking_refs);
  if (level === null || tlpRank(level) <= maximumTlpRank) return undefined;
  return held('tlp-above', `TLP ${level}`);
}

function byPatternType(
  object: StixObject,
  { patternTypes }: CompiledFilter,
): FilterDecision | undefined {
  if (patternTypes === null) return undefined;
  return patternTypes.has(patternTypeOf(object))
    ? undefined
    : held('pattern-type', 'pattern of a type that is not wanted');
}

function byObservableType(
  object: StixObject,
  { observableTypes }: CompiledFilter,
): FilterDecision | undefined {
  if (observableTypes === null || observableTypes.has(mainObservable(object))) return undefined;
  return held('observable-type', 'observable of a type that is not wanted');
}

/** OpenCTI's main observable type, else the first object type that the pattern names. */
function mainObservable(object: StixObject): string {
  const { main_observable_type: named } = openctiAttributes(object);
  if (typeof named === 'string' && named.toLowerCase() !== 'unknown') return observableName(named);
  const { pattern } = object;
  if (typeof pattern !== 'string') return 'unknown';
  const bracket = pattern.indexOf('[');
  const colon = pattern.indexOf(':', bracket);
  if (bracket < 0 || colon < 0 || colon - bracket > 128) return 'unknown';
  const start = pattern.slice(bracket + 1, colon);
  return plainObjectType(start.slice(start.lastIndexOf('(') + 1).trim());
}

function byAge(
  object: StixObject,
  { options }: CompiledFilter,
  now: number,
): FilterDecision | undefined {
  const { maximumAgeMs } = options;
  if (maximumAgeMs === undefined) return undefined;
  const since = rfc3339(object.created) ?? rfc3339(object.valid_from);
  if (since === null || now - instantMs(since) <= maximumAgeMs) return undefined;
  return held('too-old', `from ${since}`);
}
