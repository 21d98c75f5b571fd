import type { MappingResult, Skip, SkipReason } from '@xsoar-intel/pipeline';
import type { PatternReading, ReadComparison } from './reading/read-pattern.ts';

/** A part of an indicator that does not reach XSOAR. */
export interface LeftOutPart {
  reason: SkipReason;
  /** The comparison; null where the reason is about no single one. */
  comparison: ReadComparison | null;
  /** Values of the comparison that are left out; empty where it names none. */
  values: string[];
  /** In words that go on after "because". */
  because: string;
}

/** Everything that is left out, each comparison once, in the order of the text. */
export function leftOutParts(result: MappingResult, reading: PatternReading | null): LeftOutPart[] {
  const comparisons = new Map<number, ReadComparison>();
  if (reading?.ok) {
    for (const comparison of reading.comparisons.values()) {
      comparisons.set(comparison.offset, comparison);
    }
  }
  const parts = new Map<string, LeftOutPart>();
  for (const skip of result.leftOut) {
    const comparison = skip.offset === undefined ? null : (comparisons.get(skip.offset) ?? null);
    const because = becauseOf(skip, comparison);
    const key = `${skip.offset ?? ''} ${skip.reason} ${because}`;
    const part = parts.get(key) ?? { reason: skip.reason, comparison, values: [], because };
    // A comparison that names no value has none to list.
    if (skip.value !== undefined && (comparison === null || comparison.why === null)) {
      part.values.push(skip.value);
    }
    parts.set(key, part);
  }
  return [...parts.values()].sort(
    (one, other) => (one.comparison?.offset ?? Infinity) - (other.comparison?.offset ?? Infinity),
  );
}

/** Why something is left out, after "because". */
export function becauseOf(skip: Skip, comparison: ReadComparison | null): string {
  switch (skip.reason) {
    case 'no-observed-value':
      return comparison?.why ?? 'it names no value as observed';
    case 'unsupported-observable':
      return unsupported(comparison);
    case 'no-field':
      return skip.why?.startsWith('there are several')
        ? 'the pattern names several files, and it may belong to any of them'
        : 'it is a detail beside another value, and XSOAR has no field for it';
    case 'bad-value':
      return `the value is ${badValue(skip.why ?? skip.detail)}`;
    case 'never-push':
      return skip.detail.replace(
        /^a value of type (.+) falls under the entry (.+)$/,
        'FILTER_NEVER_PUSH has the entry $2',
      );
    case 'first-value-only':
      return `XSOAR_MULTI_VALUE is "first" (${skip.detail})`;
    case 'too-many-values':
      return `XSOAR_MAX_VALUES allows no more (${skip.detail})`;
    default:
      return skip.why ?? skip.detail;
  }
}

function unsupported(comparison: ReadComparison | null): string {
  const subject = comparison?.subject ?? '';
  if (subject.startsWith('file:') || subject.startsWith('artifact:')) {
    return 'XSOAR knows a file by its hash only, and this names none';
  }
  if (/^(?:x-opencti-)?(?:windows-registry-key|user-account|x509-certificate):/.test(subject)) {
    return 'it is only a detail of something that the pattern does not name';
  }
  if (/_refs?[.[]/.test(subject)) {
    return 'it is a value behind a reference; of these only the two ends of network traffic, the sender of an e-mail and hashes are sent';
  }
  return `XSOAR has no indicator type for ${subject === '' ? 'it' : subject}`;
}

// The mapping says "not a domain name", "empty", "longer than ...", "contains ...".
function badValue(why: string): string {
  if (why.startsWith('contains ')) return `not usable: it ${why}`;
  if (why === 'a label is empty') return 'no domain name: a part between two dots is empty';
  if (why.startsWith('ISSUBSET')) return 'no network, and ISSUBSET speaks of networks only';
  return why;
}
