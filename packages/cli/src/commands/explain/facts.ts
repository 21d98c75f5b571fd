import type { StixObject } from '@xsoar-intel/opencti';
import {
  defaultScoreThresholds,
  type MappingOptions,
  tlpOf,
  VERDICTS,
  xsoarTlp,
} from '@xsoar-intel/pipeline';
import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import { excerpt } from '../../terminal/visible.ts';

/** A field of the request whose value is not obvious, and where it comes from. */
export interface Fact {
  name: string;
  value: string;
  why: string;
}

/** Why the fields that people ask about are what they are. */
export function factsOf(
  object: StixObject,
  indicator: DesiredIndicator,
  mapping: MappingOptions,
  now: number,
): Fact[] {
  return [
    scoreFact(indicator, mapping),
    tlpFact(object, mapping),
    expiryFact(object, indicator, now),
    authorFact(object, indicator),
  ].filter((fact) => fact !== null);
}

function scoreFact(indicator: DesiredIndicator, mapping: MappingOptions): Fact {
  const { score, CustomFields } = indicator;
  const value = `${score} (${VERDICTS[score] ?? 'Unknown'})`;
  // The mapping keeps what it read: the extension's score, or that of an old platform.
  const original = CustomFields.sourceoriginalseverity;
  if (typeof original !== 'string') return { name: 'score', value, why: 'OpenCTI has no score' };
  const { good, suspicious, bad } = mapping.scoreThresholds ?? defaultScoreThresholds;
  const bounds = [
    `${good} or less`,
    `above ${good}, up to ${suspicious}`,
    `above ${suspicious}, up to ${bad}`,
    `above ${bad}`,
  ];
  return { name: 'score', value, why: `OpenCTI's score is ${original}: ${bounds[score] ?? ''}` };
}

function tlpFact(object: StixObject, mapping: MappingOptions): Fact | null {
  const level = tlpOf(object.object_marking_refs);
  if (level === null) return null;
  const { field, tag } = xsoarTlp(level, mapping.tlp ?? 'xsoar');
  if (tag !== undefined) {
    const why = `XSOAR's list has no ${level}; the tag ${tag} keeps the rest`;
    return { name: 'TLP', value: field, why };
  }
  const why = field === level ? 'its marking' : `XSOAR's word for ${level}`;
  return { name: 'TLP', value: field, why };
}

function expiryFact(object: StixObject, { expiration }: DesiredIndicator, now: number): Fact {
  if (typeof expiration !== 'string') {
    return { name: 'expiration', value: 'never', why: 'it has no valid_until' };
  }
  const past = Date.parse(expiration) <= now ? ', which has passed: XSOAR shows it as expired' : '';
  const from = object.revoked === true ? 'it is revoked' : 'valid_until';
  return { name: 'expiration', value: expiration, why: `${from}${past}` };
}

function authorFact(object: StixObject, { CustomFields }: DesiredIndicator): Fact | null {
  const ref = object.created_by_ref;
  if (typeof ref !== 'string') return null;
  const { reportedby: names } = CustomFields;
  if (Array.isArray(names)) {
    return { name: 'reportedby', value: excerpt(names.join(', '), 80), why: 'its author' };
  }
  const why = "the author's name is not in this input; a worker has it from the stream";
  return { name: 'reportedby', value: 'left out', why };
}
