import type { StixObject } from '@xsoar-intel/opencti';
import { type Observation, observedValues, PatternError } from '@xsoar-intel/stix-pattern';
import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import { cutText, textLimits } from './bounded-text.ts';
import { addSkip, type Collection, type Draft, startCollection } from './collect/collection.ts';
import { collectObservation } from './collect/observation.ts';
import { crossCheck } from './cross-check.ts';
import { derivedId } from './derived-id.ts';
import { type ObjectFields, objectFields } from './object-fields.ts';
import { idOf, openctiAttributes, patternTypeOf } from './opencti-object.ts';
import { parseLeniently } from './parse-leniently.ts';
import type { MappingOptions, MappingResult, Skip, SkipReason } from './types.ts';

/** Most XSOAR indicators that one OpenCTI indicator becomes, unless the options say otherwise. */
export const defaultMaxValues = 500;

/**
 * Maps an OpenCTI indicator to the XSOAR indicators that it stands for: one for each value that its
 * STIX pattern says is observed. Pure; the object is untrusted and may have any shape, which is never
 * an error. The first indicator has the OpenCTI id as its id hint, the others derived ones.
 */
export function mapIndicator(object: StixObject, options: MappingOptions): MappingResult {
  if (object.type !== 'indicator') return refused('not-indicator', 'not an indicator');
  const patternType = patternTypeOf(object);
  if (!patternType.startsWith('stix')) {
    return refused('not-stix-pattern', `pattern of type ${cutText(patternType, 40)}`);
  }
  const { pattern } = object;
  if (typeof pattern !== 'string' || pattern.trim() === '') {
    return refused('no-pattern', 'no pattern');
  }
  const read = readPattern(pattern, options);
  if (!Array.isArray(read)) return read;
  const into = startCollection(options.maxValues ?? defaultMaxValues, options.extraTypes);
  for (const observation of read) collectObservation(observation, into);
  const attributes = openctiAttributes(object);
  crossCheck(attributes.observable_values, read, into.notes);
  finish(into, options.multiValue ?? 'expand');
  if (into.drafts.length === 0) return nothingMapped(into);
  const shared = objectFields(object, options, into.notes);
  const id = idOf(object, attributes);
  const indicators = into.drafts.map((draft, index) =>
    indicatorOf(draft, shared, options, index === 0 ? id : otherId(id, draft)),
  );
  return { ok: true, indicators, leftOut: into.leftOut, notes: into.notes };
}

function refused(reason: SkipReason, detail: string, value?: string): MappingResult {
  const skip: Skip = { reason, detail };
  if (value !== undefined) skip.value = cutText(value, textLimits.shownValue);
  return { ok: false, reason, detail, leftOut: [skip], notes: [] };
}

function readPattern(pattern: string, options: MappingOptions): Observation[] | MappingResult {
  try {
    return observedValues(parseLeniently(pattern, options.patternLimits).pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    if (error.code !== 'syntax') return refused('pattern-limit', error.message);
    // The message names what was found, which is content; the detail must be fit for a log.
    const expected = cutText(error.expected.join(', '), 160);
    const detail = `expected ${expected} at ${error.line}:${error.column}`;
    return refused('pattern-syntax', detail, error.found);
  }
}

/** Keeps only the first value if no more are wanted; says what was too much. */
function finish(into: Collection, multiValue: 'expand' | 'first'): void {
  const { drafts, overflow, maxDrafts } = into;
  const dropped = multiValue === 'first' ? drafts.splice(1).length + overflow : 0;
  if (dropped > 0) {
    const detail = `${dropped} more values left out`;
    addSkip(into.leftOut, { reason: 'first-value-only', detail });
  } else if (overflow > 0) {
    const detail = `${overflow} values beyond the first ${maxDrafts} left out`;
    addSkip(into.leftOut, { reason: 'too-many-values', detail });
  }
}

/** The most telling reason first: a bad value can be put right, an unsupported one cannot. */
const tellingOrder: readonly SkipReason[] = [
  'bad-value',
  'unsupported-observable',
  'no-observed-value',
];

function nothingMapped(into: Collection): MappingResult {
  const { leftOut, notes } = into;
  for (const reason of tellingOrder) {
    const skip = leftOut.find((candidate) => candidate.reason === reason);
    if (skip === undefined) continue;
    const { detail, observableType } = skip;
    const result = { ok: false as const, reason, detail, leftOut, notes };
    return observableType === undefined ? result : { ...result, observableType };
  }
  const detail = 'the pattern states no observed value';
  return { ok: false, reason: 'no-observed-value', detail, leftOut, notes };
}

function otherId(id: string | undefined, draft: Draft): string | undefined {
  return id === undefined ? undefined : derivedId(id, draft.type, draft.value);
}

function indicatorOf(
  draft: Draft,
  shared: ObjectFields,
  options: MappingOptions,
  id: string | undefined,
): DesiredIndicator {
  const indicator: DesiredIndicator = {
    value: draft.value,
    indicator_type: draft.type,
    score: shared.score,
    source: options.source,
    manualScore: options.manualScore ?? true,
    expiration: shared.expiration,
    manualExpirationTime: shared.expiration,
    CustomFields:
      draft.fields === null ? { ...shared.custom } : { ...shared.custom, ...draft.fields },
  };
  if (id !== undefined) indicator.id = id;
  if (shared.comment !== undefined) indicator.comment = shared.comment;
  if (options.serverDates ?? true) {
    if (shared.timestamp !== null) indicator.timestamp = shared.timestamp;
    if (shared.firstSeen !== null) indicator.firstSeen = shared.firstSeen;
  }
  return indicator;
}
