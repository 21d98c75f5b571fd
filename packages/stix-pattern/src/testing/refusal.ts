import { parsePattern } from '../parse-pattern.ts';
import { PatternError } from '../pattern-error.ts';
import type { PatternLimits } from '../pattern-limits.ts';

/** The error with which a pattern is refused; fails where it is accepted or breaks otherwise. */
export function refusal(text: string, limits?: Partial<PatternLimits>): PatternError {
  try {
    parsePattern(text, limits);
  } catch (error) {
    if (error instanceof PatternError) return error;
    throw error;
  }
  throw new Error(`not refused: ${text.slice(0, 200)}`);
}
