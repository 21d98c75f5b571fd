import type { PatternLimits } from '@xsoar-intel/stix-pattern';
import type { DesiredIndicator } from '@xsoar-intel/xsoar';
import type { FilterReason } from '../filter/filter-reasons.ts';
import type { ObservableType } from './observable-types.ts';
import type { ScoreThresholds } from './score.ts';
import type { TlpSpelling } from './tlp.ts';

/** Why the mapping left something out; closed, used as a metric label. */
export const SKIP_REASONS = [
  /** The object is not a STIX indicator. */
  'not-indicator',
  /** The indicator has no pattern, or an empty one. */
  'no-pattern',
  /** YARA, Sigma, Snort and so on: nothing in them is a value of an XSOAR type. */
  'not-stix-pattern',
  /** The pattern breaks the STIX grammar. */
  'pattern-syntax',
  /** The pattern is longer, deeper or wider than the parser's limits. */
  'pattern-limit',
  /** A comparison that names no value as observed: negated, a range, LIKE, MATCHES, EXISTS. */
  'no-observed-value',
  /** XSOAR has no indicator type for this observable. */
  'unsupported-observable',
  /** The observable has a type, but the value is not one of that type. */
  'bad-value',
  /** A detail of an observable (a file name beside a hash) that XSOAR has no field for. */
  'no-field',
  /** Beyond the number of values that one indicator may have. */
  'too-many-values',
  /** Left out because only the first value is wanted. */
  'first-value-only',
] as const;
/** Why something does not reach XSOAR: the mapping cannot, or a filter (see filter/) may not. */
export type SkipReason = (typeof SKIP_REASONS)[number] | FilterReason;

/** Something of the pattern that does not reach XSOAR. */
export interface Skip {
  reason: SkipReason;
  /** What and where, without the value itself: fit for a log. At most 300 characters. */
  detail: string;
  /** The observable it speaks of, from a closed set: fit for a metric label. */
  observableType?: ObservableType;
  /** The value as the pattern writes it, shortened; content, so not for a log. */
  value?: string;
  /** Where its comparison begins in the pattern, in UTF-16 code units from 0; absent without one. */
  offset?: number;
  /** The reason within `detail`, for whoever shows the place in another way. */
  why?: string;
}

/** What happened on the way to a value that did reach XSOAR, for `explain` and for debugging. */
export interface MappingNote {
  kind: /** The value was cleaned; `original` is what the pattern says. */
    | 'normalised'
    /** The value is of another type than the pattern claims (an IP address as a domain name). */
    | 'retyped'
    /** A field was too long or had too many entries and was cut. */
    | 'cut'
    /** A field of the object could not be used. */
    | 'dropped'
    /** OpenCTI's own list of values has one that the pattern does not state as observed. */
    | 'cross-check';
  /** What and where, without values: fit for a log. */
  detail: string;
  value?: string;
  original?: string;
  /** Where its comparison begins in the pattern, in UTF-16 code units from 0; absent without one. */
  offset?: number;
  /** What happened, within `detail`, for whoever shows the place in another way. */
  why?: string;
}

/** What becomes of one OpenCTI indicator. */
export type MappingResult =
  | { ok: true; indicators: DesiredIndicator[]; leftOut: Skip[]; notes: MappingNote[] }
  | {
      ok: false;
      reason: SkipReason;
      detail: string;
      observableType?: ObservableType;
      leftOut: Skip[];
      notes: MappingNote[];
    };

/** How indicators are mapped. All but `source` have defaults. */
export interface MappingOptions {
  /** The source name that XSOAR shows. The Python connector sent `OpenCTI <CONNECTOR_NAME>`. */
  source: string;
  /** The name behind a `created_by_ref` (a STIX id), from a cache; undefined when unknown. */
  authorName?: (ref: string) => string | undefined;
  /** Confidence (0 to 100) of an indicator that states none: CONNECTOR_CONFIDENCE_LEVEL. */
  defaultConfidence?: number;
  /** Base URL of the OpenCTI web interface; with it every indicator links back to its object. */
  openctiUrl?: string;
  /** All values of a pattern, or only the first as the Python connector did. Default `expand`. */
  multiValue?: 'expand' | 'first';
  /** Where the verdicts begin. Default {@link defaultScoreThresholds}. */
  scoreThresholds?: ScoreThresholds;
  /** How CLEAR and AMBER+STRICT, which XSOAR's list lacks, are written. Default `xsoar`. */
  tlp?: TlpSpelling;
  /** Pins the score against XSOAR's own enrichment, as the Python connector did. Default true. */
  manualScore?: boolean;
  /**
   * Send `timestamp` (created) and `firstSeen` (valid_from) on the indicator itself, as the Python
   * connector did. XSOAR means its own sightings by them; the custom fields firstseenbysource and
   * lastseenbysource are always sent. Default true.
   */
  serverDates?: boolean;
  /** Also send the description as `comment`, as the Python connector did. Default false. */
  descriptionAsComment?: boolean;
  /** Let a revoked indicator expire at once. Default true. */
  expireRevoked?: boolean;
  /**
   * CLI name of a text field of the operator's own that takes the reliability ("B - Usually
   * reliable"): XSOAR has no such indicator field, and create and edit cannot set a reliability.
   */
  reliabilityField?: string;
  /** XSOAR types for observables that have none built in, keyed `user-agent:value`. */
  extraTypes?: ReadonlyMap<string, string>;
  /** Most XSOAR indicators from one OpenCTI indicator. Default 500. */
  maxValues?: number;
  /** Limits of the pattern parser. */
  patternLimits?: Partial<PatternLimits>;
}
