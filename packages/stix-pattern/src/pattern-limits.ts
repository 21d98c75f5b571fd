/** How much of a pattern is read before it is refused. */
export interface PatternLimits {
  /** Length of the text in UTF-16 code units (`text.length`). */
  readonly maxLength: number;
  /** How many parentheses and prefixed NOTs may stand around one another. */
  readonly maxDepth: number;
  /** Comparisons in the whole pattern. An IN list is one comparison; its length is bound by maxLength. */
  readonly maxComparisons: number;
}

/** 64 Ki characters, 64 levels, 1,000 comparisons. */
export const defaultLimits: PatternLimits = Object.freeze({
  maxLength: 65_536,
  maxDepth: 64,
  maxComparisons: 1_000,
});
