/** Why a filter held something back; closed, used as a metric label. */
export const FILTER_REASONS = [
  /** OpenCTI's score is below the minimum. */
  'score-below',
  /** None of the wanted labels. */
  'label-missing',
  /** One of the unwanted labels. */
  'label-excluded',
  /** Marked more restrictively than may leave. */
  'tlp-above',
  /** The kind of pattern is not wanted. */
  'pattern-type',
  /** The kind of observable is not wanted. */
  'observable-type',
  /** Older than wanted. */
  'too-old',
  /** The kind of event is not wanted. */
  'event-type',
  /** All its values, or this one, are on the list of those never to push. */
  'never-push',
] as const;
/** One of {@link FILTER_REASONS}. */
export type FilterReason = (typeof FILTER_REASONS)[number];
