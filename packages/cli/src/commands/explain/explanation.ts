import type { MappingResult } from '@xsoar-intel/pipeline';
import { type Fact, factsOf } from './facts.ts';
import { asksForObject, type Judgement, type Rules } from './judge.ts';
import { type LeftOutPart, leftOutParts } from './left-out.ts';
import { notesOf } from './notes.ts';
import { type PatternReading, readPattern } from './reading/read-pattern.ts';
import { type Requests, requestsFor } from './requests.ts';
import { type ValueFate, valueFates } from './value-fates.ts';

/** Everything there is to say about one subject. */
export interface Explanation {
  judgement: Judgement;
  /** Null where there is no STIX pattern. */
  reading: PatternReading | null;
  values: ValueFate[];
  leftOut: LeftOutPart[];
  notes: string[];
  /** Empty for a pattern alone, which has nothing that they could come from. */
  facts: Fact[];
  /** Null where XSOAR is not told to hold anything. */
  requests: Requests | null;
}

/** Works out the whole explanation of a judgement. Pure. */
export function explain(judgement: Judgement, rules: Rules): Explanation {
  const { subject, object, result, outcome } = judgement;
  const reading = patternReading(judgement, rules);
  const indicators = result?.ok ? result.indicators : [];
  const [first] = indicators;
  const bare = subject.content.kind === 'pattern';
  const facts =
    first === undefined || object === null || bare || outcome !== 'sent'
      ? []
      : factsOf(object, first, rules.mapping, rules.now);
  const values = reading?.ok && result !== null ? valueFates(reading, result) : [];
  const leftOut = result === null ? [] : leftOutParts(result, reading).filter(isPart(result));
  const notes = notesOf(judgement, reading, values, leftOut);
  if (bare && asksForObject(rules.filter)) {
    notes.push('The filters on score and labels were not asked: a pattern alone has neither.');
  }
  return {
    judgement,
    reading,
    values,
    leftOut,
    notes,
    facts,
    requests: outcome === 'sent' || outcome === 'removed' ? requestsFor(indicators) : null,
  };
}

/** What strikes the subject as a whole is its outcome and no part of it. */
function isPart(result: MappingResult): (part: LeftOutPart) => boolean {
  return ({ comparison, reason }) => comparison !== null || result.ok || reason !== result.reason;
}

function patternReading({ object, result }: Judgement, { mapping }: Rules): PatternReading | null {
  const pattern = object?.pattern;
  if (typeof pattern !== 'string' || pattern.trim() === '' || object?.type !== 'indicator') {
    return null;
  }
  if (result?.ok === false && result.reason === 'not-stix-pattern') return null;
  return readPattern(pattern, mapping.patternLimits);
}
