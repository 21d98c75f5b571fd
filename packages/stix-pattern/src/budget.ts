import { PatternError } from './pattern-error.ts';
import type { PatternLimits } from './pattern-limits.ts';

/** Beyond this the parser's own recursion could meet the end of the stack. */
const deepestAllowed = 512;

/** Counts what a pattern spends of its limits while it is read. */
export class Budget {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #maxComparisons: number;
  #depth = 0;
  #comparisons = 0;

  constructor(text: string, limits: PatternLimits) {
    this.#text = text;
    this.#maxDepth = Math.min(limits.maxDepth, deepestAllowed);
    this.#maxComparisons = limits.maxComparisons;
  }

  /** A level of nesting begins at `offset`. */
  enter(offset: number): void {
    this.#depth += 1;
    if (this.#depth > this.#maxDepth) {
      throw new PatternError({
        code: 'too-deep',
        text: this.#text,
        offset,
        limit: this.#maxDepth,
      });
    }
  }

  /** The level that was entered last ends. */
  leave(): void {
    this.#depth -= 1;
  }

  /** A comparison begins at `offset`. */
  spendComparison(offset: number): void {
    this.#comparisons += 1;
    if (this.#comparisons > this.#maxComparisons) {
      throw new PatternError({
        code: 'too-many-comparisons',
        text: this.#text,
        offset,
        limit: this.#maxComparisons,
      });
    }
  }
}
